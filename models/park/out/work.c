#include "models/park/out/work.h"

#include <jansson.h>

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define GROUP "execution"

static const struct figure {
    const char *name; // in the file; in JSON without "rates_"
    size_t offset;    // in struct sim_rates_work
    const char *words;
} figures[] = {
    {"rates_events", offsetof(struct sim_rates_work, settles),
     "times that rates had to be found anew"},
    {"rates_claims", offsetof(struct sim_rates_work, limits), "claims touched in all of them"},
    {"rates_claims_most", offsetof(struct sim_rates_work, limits_most), "most of them in one"},
    {"rates_pools", offsetof(struct sim_rates_work, pools), "pools touched in all of them"},
    {"rates_pools_most", offsetof(struct sim_rates_work, pools_most), "most of them in one"},
    {"rates_loops", offsetof(struct sim_rates_work, loops), "circular blocks solved"},
    {"rates_newton", offsetof(struct sim_rates_work, newton),
     "of which sweeps did not settle, so that Newton's method was tried"},
    {"rates_followed", offsetof(struct sim_rates_work, followed),
     "of which Newton's method did not settle, so that the path of solutions was followed"},
    {"rates_self_fed", offsetof(struct sim_rates_work, self_fed),
     "of which raised because the loop feeds itself"},
    {"rates_by_name", offsetof(struct sim_rates_work, by_name),
     "of which left open by crossings and decided by name"},
};

void park_work_declare(struct sim_schema *out)
{
    for (int i = 0; i < SIM_COUNT(figures); i++) {
        (void)sim_schema_var(out, &(struct sim_schema_var){.name = figures[i].name,
                                                           .group = GROUP,
                                                           .type = SIM_SCHEMA_F64,
                                                           .scope = SIM_SCHEMA_RUN,
                                                           .units = "1",
                                                           .long_name = figures[i].words});
    }
}

/** The figures follow each other, as declared: one is looked up. */
void park_work_put(const struct sim_schema *s, struct sim_row *row,
                   const struct sim_rates_work *work)
{
    const int first = sim_schema_var_find(s, GROUP, figures[0].name);
    SIM_REQUIRE(first >= 0, "the figures of the rates are declared");
    for (int i = 0; i < SIM_COUNT(figures); i++) {
        const void *at = (const char *)work + figures[i].offset;
        SIM_ASSERT(strcmp(sim_schema_var_at(s, first + i)->name, figures[i].name) == 0);
        *sim_row_f64(row, first + i) = (double)*(const int64_t *)at;
    }
}

static double value(const struct sim_outcome *o, const char *name)
{
    return *sim_row_f64_const(o->mean, sim_schema_var_find(o->schema, GROUP, name));
}

/** A mean an event; 0 where there was none. */
static double per_event(const struct sim_outcome *o, const char *name)
{
    const double events = value(o, "rates_events");
    return events > 0 ? value(o, name) / events : 0;
}

void park_work_text(const struct sim_outcome *o, const struct sim_sink *out)
{
    sim_sink_print(
        out,
        "Rates were found anew %.0f times; each time %.3g claims in %.3g pools were looked "
        "at (at most %.0f in %.0f)\n",
        value(o, "rates_events"), per_event(o, "rates_claims"), per_event(o, "rates_pools"),
        value(o, "rates_claims_most"), value(o, "rates_pools_most"));
    if (value(o, "rates_by_name") > 0) {
        sim_sink_text(out, "Warning: crossing priorities or shares left rates open, and names "
                           "decided; `ecopark check` says which\n");
    }
}

void park_work_json(const struct sim_outcome *o, struct json_t *object)
{
    json_t *rates = json_object();
    for (int i = 0; i < SIM_COUNT(figures); i++) {
        (void)json_object_set_new(rates, figures[i].name + sizeof("rates_") - 1,
                                  json_real(value(o, figures[i].name)));
    }
    (void)json_object_set_new(rates, "claims_per_event", json_real(per_event(o, "rates_claims")));
    (void)json_object_set_new(rates, "pools_per_event", json_real(per_event(o, "rates_pools")));
    (void)json_object_set_new(object, "rates", rates);
}
