/** @file
 * A small study for the tests of cards, parts and composing: points x replications of made-up runs
 * whose every value follows from point and replication.
 */
#ifndef TESTS_PARTS_KIT_H
#define TESTS_PARTS_KIT_H

#include "sim/store/parts.h"

struct parts_kit {
    char folder[128]; // a fresh one; parts lie in it as NAME.parts
    char parts[160];
    struct sim_schema *schema;
    struct sim_card card; // its arrays belong to the kit
    int profit, by_place, series, present;
};

/** `designs` designs in turn, points in blocks of them; `replications` of each, 0: until the
 * half-width of profit is 2 % (2 to 40). */
struct parts_kit *parts_kit_create(const char *name, int64_t points, int32_t replications,
                                   int32_t shards);

/** Remove the folder and all in it. */
void parts_kit_destroy(struct parts_kit *kit);

/** The run; every 13th one fails (not in the first replication of a point). */
struct sim_pack *parts_kit_run(const struct parts_kit *kit, int64_t point, int32_t replication);

/** The value of `profit` in it; NaN when it fails. */
double parts_kit_profit(int64_t point, int32_t replication);

struct sim_parts_key parts_kit_key(const struct parts_kit *kit, int64_t point, int32_t replication);

/** Open, or end the test with the reason. */
struct sim_parts *parts_kit_open(const struct parts_kit *kit, int32_t shard,
                                 struct sim_parts_found *found);

/** Put a run, as the status says. */
enum sim_status parts_kit_put(const struct parts_kit *kit, struct sim_parts *parts, int64_t point,
                              int32_t replication, struct sim_err *err);

/** All runs of a shard that are not there yet, at most `most`; returns how many were made. */
int64_t parts_kit_fill(const struct parts_kit *kit, struct sim_parts *parts, int32_t shard,
                       int64_t most);

#endif
