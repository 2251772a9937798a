#include "sim/store/rule.h"

#include "sim/num/stats.h"

#include <math.h>

/** What the rule has seen so far; the width is that of `widths`, the magnitude that of `all`. */
struct account {
    struct sim_stats all;   // values of the runs
    struct sim_stats pairs; // means of complete pairs
    double first;           // of the pair at hand
    int32_t failed;         // [-] runs
};

static void add(struct account *a, double said, int32_t replication)
{
    const bool has_failed = said <= SIM_RULE_FAILED;
    const double value = has_failed ? (double)NAN : said;

    a->failed += has_failed ? 1 : 0;
    if (!isnan(value)) {
        sim_stats_add(&a->all, value);
    }
    if (replication % 2 == 0) {
        a->first = value;
    } else if (!isnan(value) && !isnan(a->first)) {
        sim_stats_add(&a->pairs, 0.5 * (a->first + value));
    }
}

/** Student's quantile costs more than a short run. The normal one is below it at any count, so what
 * is too wide by that need not be asked again; the margin is for the rounding of either. */
static bool is_wide_at_least(const struct sim_rule *rule, const struct sim_stats *widths,
                             double wanted)
{
    const double quantile = sim_stats_normal_quantile(0.5 + rule->level / 2);

    return quantile * sim_stats_sd(widths) / sqrt((double)widths->count) > 1.000001 * wanted;
}

static bool is_narrow(const struct sim_rule *rule, const struct account *a)
{
    const struct sim_stats *widths = rule->is_antithetic ? &a->pairs : &a->all;
    const double wanted = rule->share * fabs(a->all.mean);

    return widths->count >= 2 && !is_wide_at_least(rule, widths, wanted) &&
           sim_stats_half_width(widths, rule->level) <= wanted;
}

int32_t sim_rule_first(const struct sim_rule *rule, const double *values, int32_t n)
{
    struct account a = {0};

    if (rule->response == NULL || rule->at_least >= rule->at_most) {
        return n >= rule->at_most ? rule->at_most : -1;
    }
    for (int32_t count = 1; count <= n; count++) {
        const bool is_whole = !rule->is_antithetic || count % 2 == 0;

        add(&a, values[count - 1], count - 1);
        if (count >= rule->at_most ||
            (count >= rule->at_least && is_whole && (a.failed == count || is_narrow(rule, &a)))) {
            return count;
        }
    }
    return -1;
}

bool sim_rule_is_met(const struct sim_rule *rule, const double *values, int32_t n)
{
    return sim_rule_first(rule, values, n) >= 0;
}
