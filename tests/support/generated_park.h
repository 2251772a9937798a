/** @file
 * Parks of any size for benches and tests of load: park files written by a rule.
 *
 * The same options give the same files, byte by byte. Firms come in groups of ten around a works
 * that burns refuse: six mills make goods for a market with a demand of its own each day, take
 * steam from the works over pipes in merit (priority, capacity, loss; the first mill of a group
 * also from the works of the group before) and have boilers for the rest, and put sludge into a
 * yard that overflows to the landfill; two kilns take it from the yards over conveyors; waterworks
 * clean what the mills give by sewers. They work one shift, two, or always, break at random and
 * wait for crews; how much refuse comes changes every four hours by a profile. A park of 50 firms
 * handles about 17,000 events a year.
 *
 * With options off as by default, nothing flows in a circle and no pipe has a delay. Crews grow
 * with the park beyond 50 firms, so that a large park is as busy a firm as a small one. Above 1,000
 * firms named things come as lists, since libconfig's groups take time in the square of their size.
 *
 * Every taker has a way out and every giver an outlet, so the file checks without a warning and
 * each stream balances.
 */
#ifndef TESTS_SUPPORT_GENERATED_PARK_H
#define TESTS_SUPPORT_GENERATED_PARK_H

#include "sim/base/base.h"
#include "sim/base/err.h"

struct generated_park_opts {
    int firms;           // [-] at least 1
    int days;            // [d] simulated, from 2026-01-01; at most 365
    uint64_t seed;       // of the numbers in the file, and of the park
    const char *every;   // "1 day": the recording interval
    bool has_delays;     // 5 to 34 min on every pipe and conveyor
    bool has_loops;      // waterworks give clean water back to the mills
    bool has_one_market; // all mills make the same goods
    bool is_clustered;   // no steam from the works before: each five groups stand alone
};

struct generated_park_opts generated_park_opts_default(void); // 50 firms, 365 days, "1 day"

/** Write `folder`/park.cfg and the CSV files that it names; the folder is made. `*out_path`: of the
 * park file; owned by the caller (free). */
enum sim_status generated_park_write(const char *folder, const struct generated_park_opts *opts,
                                     char **out_path, struct sim_err *err) SIM_MUST_USE;

/** Remove what was written there, and the folder if nothing else is in it. */
void generated_park_remove(const char *folder);

#endif
