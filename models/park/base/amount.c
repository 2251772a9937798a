#include "models/park/base/amount.h"

#include "sim/num/units.h"

double park_amount_in_unit(const struct park_stream *s, double si)
{
    return sim_units_from_si(s->si, si);
}
