#include "models/park/out/designs_fit.h"

#include "models/park/base/park.h"
#include "models/park/out/layout.h"
#include "models/park/out/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *name_of(const struct park *p)
{
    return p->design != NULL ? p->design : PARK_DESIGNS_BASE;
}

// ---- Among designs ----

/** " (park.cfg:12)": where it is written; owned. */
static char *place_of(const struct park *p, const char *path)
{
    const struct sim_node *n = sim_tree_find(sim_tree_root(p->tree), path);
    const bool is_known = n != NULL && n->value_at.file != NULL && n->value_at.line > 0;
    return is_known ? sim_base_format(" (%s:%d)", n->value_at.file, n->value_at.line)
                    : sim_base_strdup("");
}

/** Add "park.until of design 'late' (park.cfg:12) is not that of 'base'"; of one design the path
 * alone. */
static void differ(char **text, const char *what, const struct park *p, const struct park *q)
{
    const bool is_one = strcmp(name_of(p), name_of(q)) == 0;
    char *place = place_of(p, what);
    char *longer = is_one ? sim_base_format("%s%s%s", *text, (*text)[0] != '\0' ? ", " : "", what)
                          : sim_base_format("%s%s%s of design '%s'%s is not that of '%s'", *text,
                                            (*text)[0] != '\0' ? "; " : "", what, name_of(p), place,
                                            name_of(q));
    free(place);
    free(*text);
    *text = longer;
}

static void compare_heads(char **text, const struct park *p, const struct park *q)
{
    if (p->start_us != q->start_us) {
        differ(text, "park.start", p, q);
    }
    if (p->warm_us - p->start_us != q->warm_us - q->start_us) {
        differ(text, "park.warmup", p, q);
    }
    if (p->until_us != q->until_us) {
        differ(text, "park.until", p, q);
    }
    if (p->offset_us != q->offset_us) {
        differ(text, "park.utc_offset", p, q);
    }
    if (p->record_us != q->record_us || p->record_months != q->record_months) {
        differ(text, "park.record.every", p, q);
    }
    if (p->record != q->record) {
        differ(text, "park.record.what", p, q);
    }
    if (strcmp(p->currency != NULL ? p->currency : "", q->currency != NULL ? q->currency : "") !=
        0) {
        differ(text, "economy.currency", p, q);
    }
    if (p->seed != q->seed) {
        differ(text, "park.seed", p, q);
    }
}

/** Both lists are sorted by name. */
static void compare_units(char **text, const struct park *p, const struct park *q)
{
    for (int i = 0, k = 0; i < p->stream_count && k < q->stream_count;) {
        const int order = strcmp(p->streams[i]->name, q->streams[k]->name);
        if (order == 0 && strcmp(p->streams[i]->unit, q->streams[k]->unit) != 0) {
            char *what = sim_base_format("streams.%s.unit", p->streams[i]->name);
            differ(text, what, p, q);
            free(what);
        }
        i += order <= 0 ? 1 : 0;
        k += order >= 0 ? 1 : 0;
    }
}

enum sim_status park_designs_fit_agree(const void *const *parks, int count, struct sim_err *err)
{
    char *text = sim_base_strdup("");
    bool is_one_seed = true;
    for (int i = 1; i < count; i++) {
        const struct park *p = parks[i];
        const struct park *first = parks[0];
        for (int k = 0; k < i; k++) {
            compare_units(&text, p, parks[k]);
        }
        compare_heads(&text, p, first);
        is_one_seed = is_one_seed && p->seed == first->seed;
    }
    const enum sim_status status =
        text[0] == '\0'
            ? SIM_OK
            : sim_err_set(err, SIM_INPUT, "designs of one study must share these: %s%s", text,
                          is_one_seed ? "" : "; study.seed sets one seed for all");
    free(text);
    return status;
}

// ---- Within a results file ----

static enum sim_status lacks(struct sim_err *err, const struct park *p, const char *what)
{
    return sim_err_set(err, SIM_INPUT,
                       "design '%s' has %s, which the results were not declared with", name_of(p),
                       what);
}

/** Is the label on the axis called `name` and `tag`? */
static bool has(const struct sim_schema *s, const char *group, const char *name, const char *tag,
                const char *label)
{
    char axis[128];
    (void)snprintf(axis, sizeof(axis), "%s%s", name, tag);
    const int at = sim_schema_axis_find(s, group, axis);
    return at >= 0 && sim_schema_label(s, at, label) >= 0;
}

static enum sim_status fit_layout(const struct park *p, const struct park_layout *l,
                                  const struct sim_schema *s, struct sim_err *err)
{
    for (int i = 0; i < l->link_count; i++) {
        const struct park_layout_link *k = &l->links[i];
        if (!has(s, NULL, "link_", l->units[k->unit].tag, k->label) ||
            !has(s, "ledger", "entry", "", k->label)) {
            return lacks(err, p, k->label);
        }
    }
    for (int i = 0; i < l->stock_count; i++) {
        const struct park_layout_stock *k = &l->stocks[i];
        if (!has(s, NULL, "stock_", l->units[k->unit].tag, k->label)) {
            return lacks(err, p, k->label);
        }
    }
    for (int i = 0; i < p->stream_count; i++) {
        if (!has(s, NULL, "stream_", l->units[l->unit_of[i]].tag, p->streams[i]->name)) {
            return lacks(err, p, p->streams[i]->name);
        }
    }
    return SIM_OK;
}

static enum sim_status fit_parties(const struct park *p, const struct sim_schema *schema,
                                   struct sim_err *err)
{
    for (int i = 0; i < p->party_count; i++) {
        if (!has(schema, NULL, "party", "", p->parties[i].name)) {
            return lacks(err, p, p->parties[i].name);
        }
    }
    for (int i = 0; i < p->process_count; i++) {
        if (!has(schema, NULL, "unit", "", p->processes[i]->name)) {
            return lacks(err, p, p->processes[i]->name);
        }
    }
    return SIM_OK;
}

/** The instants count from each park's own start, which only park_designs_fit_agree compares. */
static bool has_clock(const struct park *p, const struct sim_schema *s)
{
    const struct sim_schema_axis *instants = sim_schema_axis_at(s, SIM_SCHEMA_AXIS_INSTANT);
    const int64_t count = park_results_interval_count(p);
    bool same = instants->length == count + 1;
    for (int64_t i = 0; same && i <= count; i++) {
        same = sim_simtime_to_seconds(park_results_boundary(p, i) - p->start_us) ==
               instants->numbers[i];
    }
    return same;
}

enum sim_status park_designs_fit_schema(const struct park *p, const struct sim_schema *schema,
                                        struct sim_err *err)
{
    if (!has_clock(p, schema)) {
        return lacks(err, p, "another recording clock");
    }
    SIM_TRY(fit_layout(p, p->layout, schema, err));
    return fit_parties(p, schema, err);
}

enum sim_status park_designs_fit_axis(const struct park *p, const struct park *first,
                                      const struct sim_schema *schema, struct sim_err *err)
{
    char *text = sim_base_strdup("");
    compare_heads(&text, p, first);
    compare_units(&text, p, first);
    const enum sim_status status =
        text[0] == '\0' ? SIM_OK
                        : sim_err_set(err, SIM_INPUT, "all runs of a study share this: %s", text);
    free(text);
    SIM_TRY(status);
    return park_designs_fit_schema(p, schema, err);
}
