// SPDX-License-Identifier: MIT
// "10.487", which may be ten thousand elsewhere: told of the first few in full, of the rest by
// line.
#include "sim/base/vec.h"
#include "sim/cfg/kind_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    IN_FULL = 3,   // [-] warnings; the rest are of one habit, and told in one
    LINES = 30,    // [-] listed of the rest
    LINE_TEXT = 24 // [bytes] of one in the list
};

char *sim_kind_grouped_advice(const char *text, size_t length)
{
    const size_t whole = strcspn(text, ".");
    size_t last = length;
    while (text[last - 1] == '0') {
        last--;
    }
    last -= text[last - 1] == '.';
    const bool is_short = last < length; // with less than three digits nobody takes it for grouped
    return sim_base_format("write %.*s%.3s if that is meant, else %.*s%s", (int)whole, text,
                           text + whole + 1, (int)last, text, is_short ? "" : "0");
}

void sim_kind_grouped_add(struct sim_kind_loading *l, const struct sim_node *n, const char *text,
                          size_t length)
{
    SIM_VEC_PUSH(&l->grouped, (struct sim_kind_grouped){.node = n, .text = text, .length = length});
}

static int order_text(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int by_place(const void *a, const void *b)
{
    const struct sim_place *p = &((const struct sim_kind_grouped *)a)->node->value_at;
    const struct sim_place *q = &((const struct sim_kind_grouped *)b)->node->value_at;
    const int by_file = order_text(p->file, q->file);
    if (by_file != 0) {
        return by_file;
    }
    if (p->line != q->line) {
        return p->line < q->line ? -1 : 1;
    }
    return p->column != q->column ? (p->column > q->column) - (p->column < q->column)
                                  : order_text(p->via, q->via);
}

static void tell(struct sim_kind_loading *l, const struct sim_kind_grouped *g)
{
    char *remedy = sim_kind_grouped_advice(g->text, g->length);
    char *path = sim_tree_path(g->node);
    sim_diag_add(l->diag, SIM_DIAG_WARNING, &g->node->value_at, path, remedy,
                 "'%.*s' is read with a decimal point, and may be a grouped number", (int)g->length,
                 g->text);
    free(path);
    free(remedy);
}

/** Those of another file than the first are counted, but not listed. */
static void tell_rest(struct sim_kind_loading *l, const struct sim_kind_grouped *rest, int count)
{
    const struct sim_place *at = &rest[0].node->value_at;
    char lines[LINES * LINE_TEXT] = "";
    size_t used = 0;
    int listed = 0;
    int last = 0;
    bool is_cut = false;
    for (int i = 0; i < count; i++) {
        const struct sim_place *p = &rest[i].node->value_at;
        const bool is_same = order_text(p->file, at->file) == 0;
        if (is_same && (p->line == last || p->line <= 0)) {
            continue;
        }
        if (!is_same || listed == LINES) {
            is_cut = true;
            break;
        }
        used += (size_t)snprintf(lines + used, sizeof(lines) - used, "%s%d", listed > 0 ? ", " : "",
                                 p->line);
        last = p->line;
        listed++;
    }
    char *path = sim_tree_path(rest[0].node);
    sim_diag_add(l->diag, SIM_DIAG_WARNING, at, path, "see whether a decimal point is meant",
                 "and %d more like it (%s %s%s)", count, listed == 1 ? "line" : "lines", lines,
                 is_cut ? ", ..." : "");
    free(path);
}

void sim_kind_grouped_tell(struct sim_kind_loading *l)
{
    struct sim_kind_grouped *all = l->grouped.data;
    const int count = l->grouped.count;
    if (count > 0) {
        qsort(all, (size_t)count, sizeof(*all), by_place);
    }
    const int full = count > IN_FULL + 1 ? IN_FULL : count; // the rest of one is as short in full
    for (int i = 0; i < full; i++) {
        tell(l, &all[i]);
    }
    if (full < count) {
        tell_rest(l, &all[full], count - full);
    }
    SIM_VEC_FREE(&l->grouped);
}
