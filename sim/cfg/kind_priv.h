/** @file
 * Inside of the kinds: shared by the files that load, show and describe them.
 * Floor 2, for sim/cfg only.
 */
#ifndef SIM_CFG_KIND_PRIV_H
#define SIM_CFG_KIND_PRIV_H

#include "sim/base/vec.h"
#include "sim/cfg/kind.h"

const struct sim_key *sim_kind_key(const struct sim_kind *kind, const char *name); // NULL if none

/** The kind of a thing under `key`: by its text `kind`, else the one of the key; NULL if unknown.
 */
const struct sim_kind *sim_kind_of(const struct sim_key *key, const struct sim_node *thing);

bool sim_kind_is_nest(const struct sim_key *key); // _GROUP, _MAP, _LIST

/** Is the key `kind` of `thing` what chose its kind, rather than one of the kind's own? */
bool sim_kind_is_chooser(const struct sim_key *key, const struct sim_kind *kind, const char *name);

bool sim_kind_is_bare(enum sim_key_type type); // written without quotes

enum {
    SIM_KIND_BOUNDS = 64
};

/** A number that may be a grouped one; `text` is in the node's. */
struct sim_kind_grouped {
    const struct sim_node *node;
    const char *text;
    size_t length;
};

/** One loading of a tree. */
struct sim_kind_loading {
    struct sim_tree *tree;
    struct sim_arena *arena;
    const struct sim_kind_load_opts *opts;
    struct sim_diag *diag;
    int suggestions;
    SIM_VEC(struct sim_kind_grouped) grouped;
    struct sim_kind_bound {
        const char *text;      // of the table: the pointer names it
        double si;             // NaN: cannot be read
    } bounds[SIM_KIND_BOUNDS]; // read already: few, and asked for at every value
};

/** One key of one thing. */
struct sim_kind_slot {
    struct sim_kind_loading *load;
    const struct sim_key *key;
    struct sim_node *node;
    void *out;
};

// looking for near names costs, and the list of mistakes is cut anyway
enum {
    SIM_KIND_SUGGESTIONS = 100
};

/** Remember what may be grouped, until all is loaded; then tell of the first few by place in full,
 * of the rest in one warning. */
void sim_kind_grouped_add(struct sim_kind_loading *l, const struct sim_node *n, const char *text,
                          size_t length);
void sim_kind_grouped_tell(struct sim_kind_loading *l);

/** A mistake at the value of `n`; the `owned` texts are freed. */
void sim_kind_tell(struct sim_kind_loading *l, const struct sim_node *n, const char *remedy,
                   const char *what);
void sim_kind_tell_owned(struct sim_kind_loading *l, const struct sim_node *n, char *remedy,
                         char *what);

/** The text of `n`; NULL, told, when it is none. */
const char *sim_kind_wanted_text(struct sim_kind_loading *l, const struct sim_node *n,
                                 const char *remedy);

/** Find what `text` at `n` names by the patterns of `refers`; false, told, when nothing is. For a
 * word `*out` is NULL. */
bool sim_kind_refs_resolve(struct sim_kind_slot *s, const struct sim_node *n, const char *refers,
                           const char *text, const struct sim_node **out);

void sim_kind_refs_fill(struct sim_kind_slot *s, const struct sim_node *n, struct sim_ref *out);

#endif
