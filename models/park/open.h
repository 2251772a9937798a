/** @file
 * Opening a park: read, resolve, build, check, and how its results are named. It hands the list of
 * all kinds to those who do so.
 *
 * All mistakes go to `d`, warnings too; SIM_INPUT or SIM_MISSING when there is one, and *out is
 * NULL. Of `source` just what it changes is used (design, overrides, end, seed), not its path and
 * base; NULL: the park as written. Parks are owned by the caller: park_open_free.
 */
#ifndef PARK_OPEN_H
#define PARK_OPEN_H

#include "models/park/base/park.h"
#include "sim/sweep/model.h"

enum sim_status park_open(const char *path, const struct sim_model_source *source,
                          struct sim_diag *d, struct park **out) SIM_MUST_USE;
/** The same from text; `name` stands for the file in messages and its folder for other files. */
enum sim_status park_open_text(const char *name, const char *text,
                               const struct sim_model_source *source, struct sim_diag *d,
                               struct park **out) SIM_MUST_USE;
/** The same from a park that was opened as written: without reading its files again. `origin` must
 * outlive it: texts, files, tables of profiles and designs are shared. Any thread may open from one
 * origin at any time. */
enum sim_status park_open_from(const struct park *origin, const struct sim_model_source *source,
                               struct sim_diag *d, struct park **out) SIM_MUST_USE;
void park_open_free(struct park *p); // NULL is fine

#endif
