/** @file
 * Files read whole, and files that appear whole.
 *
 * What is written goes to `path.part`, is flushed to the disk, renamed, and the folder is flushed:
 * a file under its final name is complete, whatever happens (DESIGN 7). Writers that fill the part
 * themselves (HDF5) use sim_file_part and sim_file_commit.
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

/** Read exactly `length` bytes from `offset` [bytes] on, without moving the file's place; false
 * when they are not there. */
bool sim_file_read_at(int fd, uint64_t offset, void *bytes, size_t length);

/** The name to write to until it is complete: "DIR/NAME.part"; owned by the caller (free). */
char *sim_file_part(const char *path);

/** Make `part` of `path` this process's own, and empty: until `*out_fd` is closed no other that
 * asks gets it, and only its owner may rename or remove it. A part that a killed process left is
 * taken over (the lock counts, not the file). SIM_WRITE when another has it or it cannot be made.
 */
enum sim_status sim_file_claim(const char *part, const char *path, int *out_fd,
                               struct sim_err *err) SIM_MUST_USE;

/** Both names lead, or would lead once written, to one file (device and inode; links too). */
bool sim_file_is_same(const char *a, const char *b);

/** Flush `part`, rename it to `path`, flush the folder. SIM_WRITE on failure. */
enum sim_status sim_file_commit(const char *part, const char *path,
                                struct sim_err *err) SIM_MUST_USE;

/** Write bytes so that `path` is either as before or complete. SIM_WRITE on failure. */
enum sim_status sim_file_write(const char *path, const void *bytes, size_t length,
                               struct sim_err *err) SIM_MUST_USE;

/** Make the folders above `path`, as mkdir -p does. */
enum sim_status sim_file_make_parents(const char *path, struct sim_err *err) SIM_MUST_USE;

bool sim_file_exists(const char *path);
char *sim_file_folder(const char *path); // "a/b.cfg" -> "a", "b" -> "."; owned
char *sim_file_join(const char *folder, const char *relative); // absolute `relative` stays; owned

#endif
