// What entries cost and set free, from what the park file says.
#include "models/park/base/kinds.h"
#include "models/park/net/make.h"
#include "sim/num/units.h"

static double constant_of(const struct sim_value *v)
{
    const bool is_drawn = v->form == SIM_VALUE_DIST;
    return is_drawn ? sim_dist_mean(v->dist) : v->form == SIM_VALUE_QUANTITY ? v->si : 0;
}

void park_build_factor(const struct park_builder *b, struct park_move *m, enum park_column column,
                       const struct sim_value *v, double per)
{
    const struct park *p = b->park;
    const bool is_profile = v != NULL && v->form == SIM_VALUE_PROFILE;
    const int32_t id = is_profile ? PARK_ID(p, profile, park_profile, v->name) : -1;
    struct park_factor *f = &m->factor[column];
    f->constant = v != NULL ? constant_of(v) / per : 0;
    if (id >= 0) { // it may be per energy of what moves
        const bool is_same = sim_units_is_same(p->profiles[id]->dim, v->dim);
        f->table = p->profiles[id]->table;
        f->scale = (is_same ? 1 : p->streams[m->stream]->energy.si) / per;
    }
}

/** What is set free of a stream that is CO2 is so on the ground of who gives it. */
void park_build_freed(const struct park_builder *b, struct park_move *m)
{
    const struct park_burning *carbon = b->park->streams[m->stream]->carbon;
    const struct {
        enum park_column column;
        const struct sim_value *value;
    } of[] = {{PARK_COLUMN_CO2E, carbon != NULL ? &carbon->fossil : NULL},
              {PARK_COLUMN_BIOGENIC, carbon != NULL ? &carbon->biogenic : NULL}};
    for (int i = 0; carbon != NULL && m->freed != 0 && i < SIM_COUNT(of); i++) {
        if (of[i].value->form == SIM_VALUE_QUANTITY && of[i].value->si != 0) {
            m->factor[of[i].column].constant = of[i].value->si * m->freed;
            m->scope = m->freed > 0 ? 1 : m->scope;
        }
    }
}
