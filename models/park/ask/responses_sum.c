// A response of one park as sums over the row's totals: found once, added up after each run.
#include "models/park/ask/responses_priv.h"
#include "sim/base/vec.h"

#include <math.h>
#include <string.h>

static bool is_volume(struct sim_dim dim)
{
    return sim_units_is_same(dim, SIM_DIM_VOLUME) || sim_units_is_same(dim, SIM_DIM_NORMAL);
}

double park_responses_content(const struct park_responses_ask *a, const struct park_stream *s,
                              struct sim_dim as)
{
    const bool is_energy = sim_units_is_same(s->si.dim, SIM_DIM_ENERGY);
    const bool has_density = s->density.form == SIM_VALUE_QUANTITY;
    const double none = a->has_stream ? (double)NAN : 0;
    if (sim_units_is_same(s->si.dim, as)) {
        return 1;
    }
    if (sim_units_is_same(as, SIM_DIM_ENERGY)) {
        return s->energy.form == SIM_VALUE_QUANTITY ? s->energy.si : none;
    }
    if (is_energy) {
        return none; // heat and power weigh nothing
    }
    if (sim_units_is_same(as, SIM_DIM_MASS) && is_volume(s->si.dim)) {
        return has_density ? s->density.si : (double)NAN;
    }
    if (sim_units_is_same(as, SIM_DIM_VOLUME) && sim_units_is_same(s->si.dim, SIM_DIM_MASS)) {
        return has_density ? 1 / s->density.si : (double)NAN;
    }
    return (double)NAN;
}

/** What the unit of a column is in SI, for a link; NaN: it cannot be told so. */
static double scale_of(const struct park_responses_ask *a, enum park_responses_column column,
                       const struct park_stream *s)
{
    const bool is_share = a->kind->measure == PARK_RESPONSES_SHARE;
    if (column >= PARK_RESPONSES_OF_FIRST) {
        return park_entry_columns[column - PARK_RESPONSES_OF_FIRST].per;
    }
    return is_share && a->has_stream
               ? 1
               : park_layout_scale(s) *
                     park_responses_content(a, s, is_share ? SIM_DIM_MASS : a->dim);
}

static void add(struct park_responses_terms *terms, int var, int64_t at, double factor)
{
    SIM_VEC_PUSH(terms, (struct park_responses_term){var, at, factor});
}

static struct park_responses_terms *side_of(struct park_responses_sum *sum,
                                            enum park_responses_role role)
{
    return role == PARK_RESPONSES_TOP      ? &sum->top
           : role == PARK_RESPONSES_BOTTOM ? &sum->bottom
                                           : &sum->other;
}

static void add_link(const struct park_results *r, const struct park_layout *l, int link,
                     const struct park_responses_part *part, double factor,
                     struct park_responses_sum *sum)
{
    struct park_responses_terms *to = side_of(sum, part->role);
    const int64_t entry = r->entry_at[link];
    const enum park_responses_column column = part->column;
    if (column == PARK_RESPONSES_OF_UNSERVED && l->links[link].is_user) {
        add(to, r->units[l->links[link].unit].unserved, r->link_at[link], factor);
    }
    if (column == PARK_RESPONSES_OF_QUANTITY || column == PARK_RESPONSES_OF_ARRIVED) {
        add(to, r->quantity, entry, factor);
    }
    if (column == PARK_RESPONSES_OF_ARRIVED || column == PARK_RESPONSES_OF_LOST) {
        add(to, r->lost, entry, column == PARK_RESPONSES_OF_LOST ? factor : -factor);
    }
    if (column >= PARK_RESPONSES_OF_FIRST) {
        add(to, r->column[column - PARK_RESPONSES_OF_FIRST], entry, factor);
    }
    if (column == PARK_RESPONSES_OF_CO2E && sum->ask.has_stream) {
        add(to, r->column[PARK_COLUMN_PROCESS], entry, -factor);
    }
}

/** The parties' own sums: of the party named, or of all firms and utilities. */
static void add_books(const struct park_results *r, struct park_responses_sum *sum)
{
    const struct park_responses_ask *a = &sum->ask;
    const int var = r->party_total[a->kind->rule->book - 1];
    for (int32_t i = 0; i < a->park->party_count; i++) {
        if (a->at == PARK_RESPONSES_AT_PARTY
                ? i == a->id
                : a->at == PARK_RESPONSES_AT_PARK && !a->park->parties[i].is_market) {
            add(&sum->top, var, r->party_at[i], 1);
        }
    }
}

/** Hours stand in an array of their own: processes, then links. */
static void add_hours(struct park_responses_sum *sum)
{
    const struct park_responses_ask *a = &sum->ask;
    if (a->at == PARK_RESPONSES_AT_PROCESS) {
        add(&sum->top, -1, a->id, 1);
    } else if (a->at == PARK_RESPONSES_AT_LINK) {
        add(&sum->top, -1, a->park->process_count + a->id, 1);
    }
}

/** All parts that count a link; the stream's name when it cannot be told in the unit. */
static const char *gather_link(const struct park_results *results, const struct park_layout *layout,
                               int link, struct park_responses_sum *sum)
{
    const struct park_responses_ask *a = &sum->ask;
    const struct park_layout_link *l = &layout->links[link];
    const struct park_stream *stream = a->park->streams[l->stream];
    for (int k = 0; k < PARK_RESPONSES_PARTS; k++) {
        const struct park_responses_part *part = &a->kind->rule->parts[k];
        const double weight = part->weigh != NULL ? part->weigh(a, l->move) : 0;
        const double scale = weight != 0 ? scale_of(a, part->column, stream) : 0;
        if (isnan(scale)) {
            return stream->name;
        }
        if (results != NULL && scale > 0) {
            add_link(results, layout, link, part, weight * scale, sum);
        }
    }
    return NULL;
}

/** What decays in stocks of the party, or of any. */
static void add_decays(const struct park_results *r, struct park_responses_sum *sum)
{
    const struct park_responses_ask *a = &sum->ask;
    const struct park_responses_part *part = &a->kind->rule->parts[0];
    const int var = r->column[part->column - PARK_RESPONSES_OF_FIRST];
    for (int i = 0; i < r->layout->stock_count; i++) {
        const struct park_layout_stock *k = &r->layout->stocks[i];
        const bool is_here =
            a->at == PARK_RESPONSES_AT_PARK ||
            (a->at == PARK_RESPONSES_AT_PARTY && a->park->net->pools[k->pool].party == a->id);
        if (r->decay_at[i] >= 0 && is_here && (!a->has_stream || a->stream == k->stream)) {
            add(side_of(sum, part->role), var, r->decay_at[i],
                scale_of(a, part->column, a->park->streams[k->stream]));
        }
    }
}

const char *park_responses_gather(const struct park_results *results,
                                  const struct park_layout *layout, struct park_responses_sum *sum)
{
    const struct park_responses_ask *a = &sum->ask;
    const struct park_responses_rule *rule = a->kind->rule;
    for (int i = 0; i < layout->link_count; i++) {
        const bool is_it = !a->has_stream || layout->links[i].stream == a->stream;
        const char *stream = is_it ? gather_link(results, layout, i, sum) : NULL;
        if (stream != NULL) {
            return stream;
        }
    }
    if (results != NULL && rule->with_decay) {
        add_decays(results, sum);
    }
    if (results != NULL && rule->book > 0) {
        add_books(results, sum);
    }
    if (results != NULL && rule->hours != PARK_RESPONSES_NO_HOURS) {
        add_hours(sum);
    }
    return rule->loss != PARK_RESPONSES_NO_LOSS ? park_responses_gather_held(results, sum) : NULL;
}

static double total(const struct park_responses_terms *terms, const struct sim_row *row)
{
    double sum = 0;
    for (int i = 0; i < terms->count; i++) {
        const struct park_responses_term *t = &terms->data[i];
        sum += t->factor * sim_row_f64_const(row, t->var)[t->at];
    }
    return sum;
}

static double span_s(const struct park *p)
{
    return sim_simtime_to_seconds(p->until_us - p->warm_us);
}

/** A share of the span's hours. */
static double of_hours(const struct park_responses_sum *sum, const struct park_record_span *hours)
{
    if (sum->top.count == 0) {
        return (double)NAN;
    }
    const bool is_up = sum->ask.kind->rule->hours == PARK_RESPONSES_UP_HOURS;
    const double h = (is_up ? hours->down : hours->full_load)[sum->top.data[0].at];
    const double share = h / (span_s(sum->ask.park) / 3600);
    return is_up ? 1 - share : share;
}

static double of_sums(const struct park_responses_sum *sum, const struct sim_row *row)
{
    const double top = total(&sum->top, row);
    if (sum->ask.kind->measure != PARK_RESPONSES_SHARE) {
        return sum->ask.is_rate ? top / span_s(sum->ask.park) : top;
    }
    double bottom = total(&sum->bottom, row);
    if (sum->other.count > 0) {
        bottom = fmin(bottom, total(&sum->other, row));
    }
    const double share = bottom > 0 ? top / bottom : (double)NAN;
    return sum->ask.kind->rule->at_most_one && share > 1 ? 1 : share;
}

double park_responses_value(const struct park_responses_sum *sum,
                            const struct park_record_span *hours, const struct sim_row *row)
{
    const bool is_hours = sum->ask.kind->rule->hours != PARK_RESPONSES_NO_HOURS;
    const double si = is_hours ? of_hours(sum, hours) : of_sums(sum, row);
    return sim_units_from_si(sum->ask.unit, si);
}
