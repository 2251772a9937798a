/** @file
 * Inside of the kinds: shared by the files that load, show and describe them.
 * Floor 2, for sim/cfg only.
 */
#ifndef SIM_CFG_KIND_PRIV_H
#define SIM_CFG_KIND_PRIV_H

#include "sim/cfg/kind.h"

const struct sim_key *sim_kind_key(const struct sim_kind *kind, const char *name); // NULL if none

/** The kind of a thing under `key`: by its text `kind`, else the one of the key; NULL if unknown.
 */
const struct sim_kind *sim_kind_of(const struct sim_key *key, const struct sim_node *thing);

bool sim_kind_is_nest(const struct sim_key *key); // _GROUP, _MAP, _LIST

/** Is the key `kind` of `thing` what chose its kind, rather than one of the kind's own? */
bool sim_kind_is_chooser(const struct sim_key *key, const struct sim_kind *kind, const char *name);

bool sim_kind_is_bare(enum sim_key_type type); // written without quotes

#endif
