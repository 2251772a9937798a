/** @file
 * For the tests of sim/cfg: text in, messages out.
 */
#ifndef TESTS_CFG_SUPPORT_H
#define TESTS_CFG_SUPPORT_H

#include "sim/cfg/diag.h"
#include "sim/cfg/tree.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>
#include <string.h>

struct cfg_case {
    struct sim_diag *diag;
    struct sim_tree *tree;
    char *said; // all messages so far
};

static inline struct cfg_case cfg_text(const char *text)
{
    struct cfg_case c = {.diag = sim_diag_create(), .tree = sim_tree_create()};
    (void)sim_tree_load_text(c.tree, "tests/data/cfg/t.cfg", text, strlen(text), c.diag);
    (void)sim_tree_expand(c.tree, c.diag);
    return c;
}

static inline struct cfg_case cfg_file(const char *path)
{
    struct cfg_case c = {.diag = sim_diag_create(), .tree = sim_tree_create()};
    (void)sim_tree_load(c.tree, path, c.diag);
    (void)sim_tree_expand(c.tree, c.diag);
    return c;
}

static inline const char *cfg_said(struct cfg_case *c)
{
    free(c->said);
    c->said = sim_diag_render(c->diag, 0);
    return c->said;
}

static inline void cfg_done(struct cfg_case *c)
{
    free(c->said);
    sim_tree_destroy(c->tree);
    sim_diag_destroy(c->diag);
}

static inline const struct sim_node *cfg_at(const struct cfg_case *c, const char *path)
{
    return sim_tree_find(sim_tree_root(c->tree), path);
}

/** The text of the scalar at `path`; "(none)" where nothing is. */
static inline const char *cfg_text_at(const struct cfg_case *c, const char *path)
{
    const struct sim_node *n = cfg_at(c, path);
    return n != NULL && n->text != NULL ? n->text : "(none)";
}

#define CFG_SAYS(c, text)                                                                          \
    cr_assert(strstr(cfg_said(c), (text)) != NULL, "wanted: %s\nsaid:\n%s", (text), (c)->said)
#define CFG_SILENT(c) cr_assert(sim_diag_count((c)->diag) == 0, "said:\n%s", cfg_said(c))

#endif
