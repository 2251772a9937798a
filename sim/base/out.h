/** @file
 * A file being written that appears whole, or not at all.
 *
 * What is put goes to `path.part`, which is claimed: of two processes that write the same name the
 * second is refused at once. The first failure is kept, so writers put without looking and ask
 * once, at the end: finish brings everything to the disk, commit gives it its name.
 *
 * Floor 0. One thread.
 */
#ifndef SIM_BASE_OUT_H
#define SIM_BASE_OUT_H

#include "sim/base/base.h"
#include "sim/base/err.h"

struct sim_out; // opaque: the descriptor and a buffer

/** SIM_WRITE when `path` is no plain file, or its part cannot be had (sim_file_claim). */
enum sim_status sim_out_open(const char *path, struct sim_out **out,
                             struct sim_err *err) SIM_MUST_USE;

/** Write a device or a pipe as it is. A pipe that nobody reads is refused instead of waited for. */
enum sim_status sim_out_open_in_place(const char *path, struct sim_out **out,
                                      struct sim_err *err) SIM_MUST_USE;

void sim_out_put(struct sim_out *o, const void *bytes, size_t length);

/** Everything is on the disk, or SIM_WRITE. Nothing may be put afterwards. */
enum sim_status sim_out_finish(struct sim_out *o, struct sim_err *err) SIM_MUST_USE;

/** After finish: the file gets its name. Nothing is left to do where it was written in place. */
enum sim_status sim_out_commit(struct sim_out *o, struct sim_err *err) SIM_MUST_USE;

/** Free; what was not committed is removed. NULL is fine. */
void sim_out_close(struct sim_out *o);

#endif
