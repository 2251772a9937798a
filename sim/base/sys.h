/** @file
 * The system's calls on files, gone on with where a signal interrupts them or they do but a part.
 *
 * Every other file that opens, writes, flushes, cuts or renames does it through here, so that EINTR
 * and short counts are met in one place. All leave errno as the call that failed set it.
 *
 * Floor 0. Thread-safe.
 */
#ifndef SIM_BASE_SYS_H
#define SIM_BASE_SYS_H

#include "sim/base/base.h"

#include <sys/uio.h>

/** As open(2), with O_CLOEXEC; a file that is made can be read and written by all (umask). */
int sim_sys_open(const char *path, int flags);

/** False when the system could not write what was still to be written. */
bool sim_sys_close(int fd);

/** As many bytes as there are up to `length`, from where the file stands; -1 on failure. */
ptrdiff_t sim_sys_read(int fd, void *bytes, size_t length);

/** The same from `offset` [bytes] on, without moving the file's place. */
ptrdiff_t sim_sys_read_at(int fd, uint64_t offset, void *bytes, size_t length);

/** All bytes. */
bool sim_sys_write(int fd, const void *bytes, size_t length);
bool sim_sys_write_at(int fd, uint64_t offset, const void *bytes, size_t length);

/** All pieces, in as few calls as may be; they are used up. */
bool sim_sys_write_pieces(int fd, struct iovec *pieces, int count);

/** To the disk; a file system that cannot do it (EINVAL) is taken as it is. */
bool sim_sys_flush(int fd);

bool sim_sys_truncate(int fd, uint64_t length);
bool sim_sys_rename(const char *from, const char *to);

#endif
