/** @file
 * Files read whole, and files that appear whole.
 *
 * What is written goes to `path.part`, is flushed to the disk, renamed, and the folder is flushed:
 * a file under its final name is complete, whatever happens. Writers that fill the part themselves
 * (HDF5) use sim_file_part, sim_file_claim and sim_file_commit; others out.h.
 *
 * A part that is there already is taken only where nobody can have planted it to have something
 * else overwritten: a plain file of this user with one name, no link.
 *
 * Floor 0. Thread-safe.
 */
#ifndef SIM_BASE_FILE_H
#define SIM_BASE_FILE_H

#include "sim/base/base.h"
#include "sim/base/err.h"

/** The whole file and its length; a zero byte is put after the end. Owned by the caller (free).
 * SIM_MISSING when it is not there, SIM_INPUT when it is no file or longer than `limit` bytes. */
enum sim_status sim_file_read(const char *path, size_t limit, char **out_bytes, size_t *out_length,
                              struct sim_err *err) SIM_MUST_USE;

/** Read `length` bytes from `offset` [bytes] on, without moving the file's place. SIM_INPUT where
 * the file is too short (`err` is not filled then), SIM_MISSING when the system cannot read it. */
enum sim_status sim_file_read_at(int fd, const char *path, uint64_t offset, void *bytes,
                                 size_t length, struct sim_err *err) SIM_MUST_USE;

/** The name to write to until it is complete: "DIR/NAME.part"; owned by the caller (free). */
char *sim_file_part(const char *path);

/** Make `part` of `path` this process's own, and empty: until `*out_fd` is closed no other that
 * asks gets it, and only its owner may rename or remove it. A part that a killed process left is
 * taken over (the lock counts, not the file). SIM_WRITE when another has it, when it is a link, a
 * pipe, or of another user, or when it cannot be made. */
enum sim_status sim_file_claim(const char *part, const char *path, int *out_fd,
                               struct sim_err *err) SIM_MUST_USE;

/** Both names lead, or would lead once written, to one file (device and inode; links too). */
bool sim_file_is_same(const char *a, const char *b);

/** A device or a pipe must not be replaced by a file, nor can a folder be: SIM_WRITE. */
enum sim_status sim_file_check_target(const char *path, struct sim_err *err) SIM_MUST_USE;

/** Flush `part`, open as `fd`, rename it to `path`, flush the folder. SIM_WRITE on failure. */
enum sim_status sim_file_commit(int fd, const char *part, const char *path,
                                struct sim_err *err) SIM_MUST_USE;

/** Remove a part that was not committed, if it is still the one open as `fd`. */
void sim_file_discard(int fd, const char *part);

/** Write bytes so that `path` is either as before or complete. SIM_WRITE on failure. */
enum sim_status sim_file_write(const char *path, const void *bytes, size_t length,
                               struct sim_err *err) SIM_MUST_USE;

/** Make the folders above `path`, as mkdir -p does. */
enum sim_status sim_file_make_parents(const char *path, struct sim_err *err) SIM_MUST_USE;

bool sim_file_exists(const char *path);
char *sim_file_folder(const char *path); // "a/b.cfg" -> "a", "b" -> "."; owned
char *sim_file_join(const char *folder, const char *relative); // absolute `relative` stays; owned

#endif
