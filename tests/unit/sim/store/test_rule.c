#include "sim/store/rule.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>

static struct sim_rule make(int32_t at_least, int32_t at_most, double share)
{
    return (struct sim_rule){.at_least = at_least,
                             .at_most = at_most,
                             .response = "profit",
                             .share = share,
                             .level = 0.95};
}

Test(rule, stops_where_all_of_the_first_failed)
{
    const double failed[] = {SIM_RULE_FAILED, SIM_RULE_FAILED, SIM_RULE_FAILED, SIM_RULE_FAILED};
    const double empty[] = {SIM_RULE_FAILED, (double)NAN, SIM_RULE_FAILED, SIM_RULE_FAILED};
    struct sim_rule rule = make(3, 100, 0.1);

    cr_assert(eq(int, sim_rule_first(&rule, failed, 2), -1));
    cr_assert(eq(int, sim_rule_first(&rule, failed, 4), 3));
    cr_assert(eq(int, sim_rule_first(&rule, empty, 4), -1)); // one went well, without a value
    rule.is_antithetic = true;
    cr_assert(eq(int, sim_rule_first(&rule, failed, 4), 4)); // whole pairs
}

Test(rule, fixed_number_reads_no_values)
{
    const struct sim_rule fixed = {.at_least = 3, .at_most = 3};

    cr_assert(not(sim_rule_is_met(&fixed, NULL, 2)));
    cr_assert(sim_rule_is_met(&fixed, NULL, 3));
    cr_assert(eq(int, sim_rule_first(&fixed, NULL, 9), 3));
}

Test(rule, stops_when_the_interval_is_narrow)
{
    // 9, 11, 10: sd 1, t(0.975, 2) = 4.3027, half-width 4.3027 / sqrt(3) = 2.4842 of a mean of 10
    const double values[] = {9.0, 11.0, 10.0};
    const struct sim_rule wide = make(2, 100, 0.2485);
    const struct sim_rule narrow = make(2, 100, 0.2483);

    cr_assert(eq(int, sim_rule_first(&wide, values, 3), 3)); // after two it is 12.7
    cr_assert(eq(int, sim_rule_first(&narrow, values, 3), -1));
    cr_assert(not(sim_rule_is_met(&wide, values, 2)));
}

Test(rule, has_a_level_of_its_own)
{
    const double values[] = {9.0, 11.0, 10.0};
    struct sim_rule rule = make(2, 100, 0.1687); // t(0.95, 2) = 2.9200, / sqrt(3) = 1.6859

    rule.level = 0.9;
    cr_assert(eq(int, sim_rule_first(&rule, values, 3), 3));
    rule.level = 0.91;
    cr_assert(eq(int, sim_rule_first(&rule, values, 3), -1));
}

Test(rule, keeps_to_its_minimum_and_maximum)
{
    const double same[] = {4.0, 4.0, 4.0, 4.0, 4.0};
    const double wild[] = {-1.0, 1.0, -2.0, 2.0, 0.0};
    const struct sim_rule rule = make(3, 5, 0.01);

    cr_assert(eq(int, sim_rule_first(&rule, same, 5), 3)); // a width of 0, but not before three
    cr_assert(eq(int, sim_rule_first(&rule, wild, 4), -1));
    cr_assert(eq(int, sim_rule_first(&rule, wild, 5), 5));
}

Test(rule, takes_a_width_of_zero_about_zero)
{
    const double zeros[] = {0.0, 0.0};
    const struct sim_rule rule = make(2, 9, 0.05);

    cr_assert(sim_rule_is_met(&rule, zeros, 2));
}

Test(rule, counts_failed_runs_without_value)
{
    const double values[] = {5.0, (double)NAN, 5.0};
    const struct sim_rule rule = make(2, 9, 0.05);
    const double none[] = {(double)NAN, (double)NAN};

    cr_assert(eq(int, sim_rule_first(&rule, values, 2), -1)); // one value has no width
    cr_assert(eq(int, sim_rule_first(&rule, values, 3), 3));
    cr_assert(eq(int, sim_rule_first(&rule, none, 2), -1));
}

Test(rule, takes_pairs_whole_and_leaves_out_broken_ones)
{
    // pairs 10, 10: no width at all; single values would have one of 12.7 and more
    const double values[] = {9.0, 11.0, 6.0, 14.0};
    const double broken[] = {9.0, 11.0, 6.0, (double)NAN, 10.0, 10.0};
    struct sim_rule rule = make(2, 50, 0.01);

    cr_assert(eq(int, sim_rule_first(&rule, values, 4), -1));
    rule.is_antithetic = true;
    cr_assert(eq(int, sim_rule_first(&rule, values, 3), -1));
    cr_assert(eq(int, sim_rule_first(&rule, values, 4), 4));
    cr_assert(eq(int, sim_rule_first(&rule, broken, 5), -1));
    cr_assert(eq(int, sim_rule_first(&rule, broken, 6), 6));
}
