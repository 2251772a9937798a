/** @file
 * Names to dense numbers and back.
 *
 * The first name interned is 0, the next new one 1, and so on; the same name always gives the same
 * number. Names are UTF-8 and compared byte by byte.
 *
 * Floor 0. One thread may add; many may read when none adds.
 */
#ifndef SIM_BASE_STRTAB_H
#define SIM_BASE_STRTAB_H

#include "sim/base/base.h"

struct sim_strtab; // opaque: an open-addressing table over one arena

struct sim_strtab *sim_strtab_create(void);
void sim_strtab_destroy(struct sim_strtab *t); // NULL is fine

int32_t sim_strtab_intern(struct sim_strtab *t, const char *name);     // adds it when new
int32_t sim_strtab_find(const struct sim_strtab *t, const char *name); // -1 when absent
const char *sim_strtab_name(const struct sim_strtab *t, int32_t id);   // borrowed until destroy
int sim_strtab_count(const struct sim_strtab *t);

/** The known name nearest to `name`, for "did you mean"; NULL if none is near. Near means that at
 * most a third of its letters were inserted, dropped, changed or swapped with their neighbour; of
 * equally near ones the first. Names of over 200 bytes are no one's slip and are not looked at.
 * `names` has `count` entries, NULL entries are skipped. Borrowed from `names`. */
const char *sim_strtab_nearest(const char *name, const char *const *names, int count);

#endif
