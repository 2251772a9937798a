// What was held back, as a response: found once, added up after each run.
#include "models/park/ask/responses_priv.h"
#include "sim/base/vec.h"

#include <math.h>

static bool is_at(const struct park_responses_ask *a, int32_t process)
{
    const struct park *p = a->park;
    switch (a->at) {
    case PARK_RESPONSES_AT_PARK:
        return true;
    case PARK_RESPONSES_AT_PARTY:
        return p->firms[p->processes[process]->firm]->party == a->id;
    case PARK_RESPONSES_AT_PROCESS:
        return process == a->id;
    case PARK_RESPONSES_AT_NOWHERE:
    case PARK_RESPONSES_AT_EXCHANGE:
    case PARK_RESPONSES_AT_LINK:
        break;
    }
    return false;
}

/** All causes of a process, each column once. */
static void add_causes(const struct park_held_columns *c, int32_t process, double factor,
                       struct park_responses_sum *sum)
{
    const bool is_hours = sum->ask.kind->rule->loss == PARK_RESPONSES_LOST_HOURS;
    for (int32_t k = 0; c->hours >= 0 && k < c->causes.count; k++) {
        const struct park_responses_term t = {.var = is_hours ? c->hours : c->amount,
                                              .at = park_held_results_cell(c, process, k),
                                              .factor = factor};
        if (c->is_first[k]) {
            SIM_VEC_PUSH(&sum->top, t);
        }
    }
}

const char *park_responses_gather_held(const struct park_results *results,
                                       struct park_responses_sum *sum)
{
    const struct park_responses_ask *a = &sum->ask;
    const bool is_hours = a->kind->rule->loss == PARK_RESPONSES_LOST_HOURS;
    for (int32_t i = 0; i < a->park->process_count; i++) {
        const int32_t id = park_held_stream(a->park, i);
        const struct park_stream *s = a->park->streams[id];
        if (!is_at(a, i) || (a->has_stream && id != a->stream)) {
            continue;
        }
        const double factor =
            is_hours ? 3600 : park_layout_scale(s) * park_responses_content(a, s, a->dim);
        if (isnan(factor)) {
            return s->name;
        }
        if (results != NULL) {
            add_causes(&results->held, i, factor, sum);
        }
    }
    return NULL;
}
