// SPDX-License-Identifier: MIT
// References: the patterns of sim_key.refers, what they name, and what was probably meant.
#include "sim/base/strtab.h"
#include "sim/base/vec.h"
#include "sim/cfg/cfgtext.h"
#include "sim/cfg/kind_priv.h"
#include "sim/cfg/tree_priv.h"

#include <stdlib.h>
#include <string.h>

/** The next pattern of `refers`; its length, 0 at the end. */
static size_t next_pattern(const char **p)
{
    *p += strspn(*p, " ");
    return strcspn(*p, " ");
}

/** The group around `n`, from near to far, that has a child `name`. */
static struct sim_node *around(const struct sim_node *n, const char *name)
{
    for (const struct sim_node *g = n->parent; g != NULL; g = g->parent) {
        struct sim_node *found = sim_tree_child(g, name);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

/** Put the parts of "mill.yard" for the stars of "firms.*.stocks" and after it; NULL: no match. */
static const struct sim_node *by_pattern(struct sim_kind_loading *l, const char *pattern,
                                         const char *text)
{
    const struct sim_node *n = l->tree->root;
    const char *rest = text;
    while (*pattern != '\0' && n != NULL) {
        const size_t k = strcspn(pattern, ".");
        const bool is_star = k == 1 && *pattern == '*';
        const char *from = is_star ? rest : pattern;
        const size_t length = is_star ? strcspn(rest, ".") : k;
        char *name = sim_base_format("%.*s", (int)length, from);
        n = sim_tree_child(n, name);
        free(name);
        if (is_star) {
            rest += length + (rest[length] == '.' ? 1 : 0);
        }
        pattern += k + (pattern[k] == '.' ? 1 : 0);
    }
    return *rest != '\0' ? sim_tree_child(n, rest) : NULL;
}

/** One pattern: the node meant, or for a word only true. */
static bool refers_to(struct sim_kind_slot *s, const struct sim_node *n, const char *pattern,
                      const char *text, const struct sim_node **out)
{
    const size_t length = strlen(pattern);
    if (pattern[0] == '\'') {
        return strlen(text) == length - 2 && strncmp(pattern + 1, text, length - 2) == 0;
    }
    *out = pattern[0] == '.' ? sim_tree_child(around(n, pattern + 1), text)
                             : by_pattern(s->load, pattern, text);
    return *out != NULL;
}

typedef SIM_VEC(const char *) name_list;

/** Names in a group; "mill.yard" where a star named the thing around it. */
static void collect_names(struct sim_kind_loading *l, const struct sim_node *group, bool is_nested,
                          name_list *out)
{
    for (int i = 0; group != NULL && i < group->count; i++) {
        const char *name = group->children[i]->name;
        if (name != NULL && is_nested && group->parent->name != NULL) {
            name = sim_arena_format(l->arena, "%s.%s", group->parent->name, name);
        }
        SIM_VEC_PUSH(out, name);
    }
}

static void collect_pattern(struct sim_kind_loading *l, const struct sim_node *n,
                            const char *pattern, name_list *out)
{
    if (pattern[0] == '\'') {
        SIM_VEC_PUSH(out, sim_arena_strndup(l->arena, pattern + 1, strlen(pattern) - 2));
        return;
    }
    if (pattern[0] == '.') {
        collect_names(l, around(n, pattern + 1), false, out);
        return;
    }
    struct sim_node **groups = NULL;
    const int count = sim_tree_match(l->tree->root, pattern, &groups);
    for (int i = 0; i < count; i++) {
        collect_names(l, groups[i], strchr(pattern, '*') != NULL, out);
    }
    free(groups);
}

static void collect_words(struct sim_kind_loading *l, const struct sim_node *n, const char *refers,
                          name_list *out)
{
    for (const char *p = refers; next_pattern(&p) > 0; p += next_pattern(&p)) {
        char *pattern = sim_base_format("%.*s", (int)next_pattern(&p), p);
        collect_pattern(l, n, pattern, out);
        free(pattern);
    }
}

/** "streams or firms.*.stocks", for people. */
static char *refers_text(const char *refers)
{
    char *all = sim_base_strdup("");
    for (const char *p = refers; next_pattern(&p) > 0; p += next_pattern(&p)) {
        const size_t k = next_pattern(&p);
        const char *skip = *p == '.' ? p + 1 : p;
        char *longer = sim_base_format("%s%s%.*s", all, all[0] != '\0' ? ", " : "",
                                       (int)(k - (size_t)(skip - p)), skip);
        free(all);
        all = longer;
    }
    return all;
}

/** "did you mean 'mill'?", or what there is, if it is little; owned by the caller. */
static char *ref_remedy(const char *text, const name_list *names)
{
    const char *near = sim_strtab_nearest(text, names->data, names->count);
    if (near != NULL) {
        return sim_base_format("did you mean '%s'?", near);
    }
    if (names->count == 0 || names->count > 8) {
        return sim_base_strdup("");
    }
    sim_cfgtext b = {0};
    for (int i = 0; i < names->count; i++) {
        const char *name = names->data[i] != NULL ? names->data[i] : "";
        sim_cfgtext_format(&b, "%s'%s'", i > 0 ? ", " : "known: ", name);
    }
    return sim_cfgtext_done(&b);
}

static void tell_unknown_ref(struct sim_kind_slot *s, const struct sim_node *n, const char *refers,
                             const char *text)
{
    char *remedy = NULL;
    if (s->load->suggestions++ < SIM_KIND_SUGGESTIONS) {
        name_list names = {0};
        collect_words(s->load, n, refers, &names);
        remedy = ref_remedy(text, &names);
        SIM_VEC_FREE(&names);
    }
    char *where = refers_text(refers);
    sim_kind_tell_owned(s->load, n, remedy,
                        sim_base_format("unknown reference '%s': it is not in %s", text, where));
    free(where);
}

/** Find what `text` names by any of the patterns; false, told, when nothing is. */
bool sim_kind_refs_resolve(struct sim_kind_slot *s, const struct sim_node *n, const char *refers,
                           const char *text, const struct sim_node **out)
{
    *out = NULL;
    for (const char *p = refers; next_pattern(&p) > 0; p += next_pattern(&p)) {
        char *pattern = sim_base_format("%.*s", (int)next_pattern(&p), p);
        const bool found = refers_to(s, n, pattern, text, out);
        free(pattern);
        if (found) {
            return true;
        }
    }
    tell_unknown_ref(s, n, refers, text);
    return false;
}

void sim_kind_refs_fill(struct sim_kind_slot *s, const struct sim_node *n, struct sim_ref *out)
{
    const char *text = sim_kind_wanted_text(s->load, n, "write a name in quotes");
    const struct sim_node *to = NULL;
    out->node = n;
    if (text == NULL || n->broken ||
        (s->key->refers != NULL && !sim_kind_refs_resolve(s, n, s->key->refers, text, &to))) {
        return;
    }
    out->text = text;
    out->to = to;
    char *full = to != NULL ? sim_tree_path(to) : sim_base_strdup(text);
    out->full = sim_arena_strdup(s->load->arena, full);
    free(full);
}
