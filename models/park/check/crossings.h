/** @file
 * What `check` warns of in how a park is served: crossings, and circles that are in trouble.
 *
 * - *Crossing priorities*: A is served before B at one place and B before A at another (or A before
 *   B before C before A). Where both places are short the rules leave open who gets what, and names
 *   decide. The graph has an arrow from each class at a pool to the next; a crossing is a circle.
 * - *Crossing shares*: two that share two pools in one class each, in different proportions.
 * - *Served after an outsider*: on a circle of processes that feed each other, a member's input is
 *   served after somebody who is not on the circle. The outsider can starve the circle that feeds
 *   him.
 * - *Standing still*: a circle that nobody else feeds and that gives back less than it takes, or of
 *   pull processes that no user reaches. It is cut out, everything else is given to it, and its
 *   rates are solved: if all are 0, it can only stand still.
 *
 * Only what can run short counts: a pool with a supply without limit keeps nobody waiting. Warnings
 * do not stop a run.
 *
 * Private to models/park.
 */
#ifndef PARK_CROSSINGS_H
#define PARK_CROSSINGS_H

#include "models/park/base/circles.h"
#include "models/park/base/kinds.h"
#include "models/park/net/build.h"

/** What the checks look at; made once. */
struct park_crossings {
    struct park_loader *l;
    struct park_build_index at;
    bool *is_ample; // by pool: somebody gives to it without limit
    bool *is_sink;  // by pool: somebody takes from it without limit
};

/** Warn of crossing priorities and shares, of circles served after an outsider, and of those that
 * can only stand still. The park is built. */
void park_crossings_check(struct park_loader *l);

/** Whether the activity ever runs: open, and with a capacity. */
bool park_crossings_runs(const struct park *p, int32_t activity);

/** Where in the park file a port is written, or its activity. */
const struct sim_node *park_crossings_node(const struct park *p, int32_t port);

/** Who feeds whom: activities, then pools; without pools whose supply has no limit unless
 * `ample_too`. */
struct park_circles park_crossings_feeding(const struct park_crossings *x, bool ample_too);

/** Warn of circles that can only stand still (standstill.c). */
void park_standstill_check(const struct park_crossings *x);

#endif
