#include "models/park/net/mover.h"

#include "models/park/base/amount.h"
#include "models/park/net/build.h"

const struct park_stream *park_mover_stream(const struct park *p, int32_t activity)
{
    return p->streams[p->net->activities[activity].told_in];
}

double park_mover_per_hour(const struct park *p, int32_t activity, double rate)
{
    const double amount = rate * p->net->activities[activity].told_per;
    return park_amount_in_unit(park_mover_stream(p, activity), amount) * 3600;
}
