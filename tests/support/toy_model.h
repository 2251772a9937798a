/** @file
 * The smallest model the engine can sweep: a random walk, with two series and one response.
 *
 * Its file has lines `key = number` (days, step, fail_at, sleep_ms), `title = text`, or `file =
 * name` (which must be there); anything else is a mistake. Lines `design NAME: key = number` are
 * said by that design only. A run adds a uniform step each day; `fail_at` names a replication that
 * cannot go on; `sleep_ms` (or TOY_NAP_US in the environment) makes each day slow, for tests that
 * interrupt: it changes no result.
 * Responses are of "distance" (in km or m) or of "walked", where = a place; `store = "responses"`
 * leaves out the series.
 */
#ifndef TESTS_SUPPORT_TOY_MODEL_H
#define TESTS_SUPPORT_TOY_MODEL_H

#include "sim/sweep/model.h"

struct toy_data {
    char title[200];
    int days;
    double step;
    int fail_at;
    int sleep_ms;
    uint64_t seed;
    char sha256[65]; // of its file; "": not from a file
};

extern const struct sim_model toy_model;

#endif
