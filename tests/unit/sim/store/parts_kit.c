#include "tests/unit/sim/store/parts_kit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PLACES = 3,
    DAYS = 30
};

static void stop(const char *what)
{
    (void)fprintf(stderr, "parts_kit: %s\n", what);
    abort();
}

static void declare_points(struct parts_kit *kit, int64_t points)
{
    double *trucks = malloc((size_t)points * sizeof(*trucks));
    const char **sizes = malloc((size_t)points * sizeof(*sizes));

    for (int64_t p = 0; p < points; p++) {
        trucks[p] = 0.1 * (double)(p % 7);
        sizes[p] = p % 2 == 0 ? "klein" : "größer";
    }
    (void)sim_schema_var(kit->schema, &(struct sim_schema_var){.name = "point_trucks",
                                                               .dim_count = 1,
                                                               .dims = {SIM_SCHEMA_AXIS_POINT},
                                                               .units = "t/h",
                                                               .values = trucks,
                                                               .is_coordinate = true,
                                                               .spread_as = "trucks"});
    (void)sim_schema_var(kit->schema, &(struct sim_schema_var){.name = "point_size",
                                                               .type = SIM_SCHEMA_STRING,
                                                               .dim_count = 1,
                                                               .dims = {SIM_SCHEMA_AXIS_POINT},
                                                               .values = sizes,
                                                               .is_coordinate = true,
                                                               .spread_as = "size"});
    free(trucks);
    free(sizes);
}

static void declare_results(struct parts_kit *kit)
{
    static const char *const labels[PLACES] = {"Biên Hòa", "mill", "vườn"};
    const int place = sim_schema_axis(
        kit->schema,
        &(struct sim_schema_axis){.name = "place", .length = PLACES, .labels = labels});
    struct sim_schema_var v = {.name = "profit",
                               .scope = SIM_SCHEMA_RUN,
                               .units = "EUR",
                               .is_summarised = true,
                               .long_name = "profit"};

    kit->profit = sim_schema_var(kit->schema, &v);
    v.name = "by_place";
    v.dim_count = 1;
    v.dims[0] = place;
    kit->by_place = sim_schema_var(kit->schema, &v);
    kit->present = sim_schema_var(kit->schema, &(struct sim_schema_var){.name = "present",
                                                                        .type = SIM_SCHEMA_I8,
                                                                        .scope = SIM_SCHEMA_POINT,
                                                                        .dim_count = 1,
                                                                        .dims = {place}});
    kit->series =
        sim_schema_var(kit->schema, &(struct sim_schema_var){.name = "level",
                                                             .type = SIM_SCHEMA_F32,
                                                             .scope = SIM_SCHEMA_SERIES,
                                                             .dim_count = 2,
                                                             .dims = {place, SIM_SCHEMA_AXIS_TIME},
                                                             .units = "t"});
}

static void declare(struct parts_kit *kit, int64_t points)
{
    static const double flags[] = {1.5, (double)INFINITY};
    const struct sim_schema_attr attrs[] = {{.name = "note", .text = "thử"},
                                            {.name = "limits", .numbers = flags, .count = 2}};
    double boundaries[DAYS + 1];
    const double numbers[] = {0.1, 0.30000000000000004};

    for (int i = 0; i <= DAYS; i++) {
        boundaries[i] = 86400.0 * i;
    }
    kit->schema = sim_schema_create();
    sim_schema_points(kit->schema, points);
    sim_schema_clock(kit->schema, "2026-01-01 00:00:00", "+07:00", boundaries, DAYS);
    declare_points(kit, points);
    declare_results(kit);
    const int entry = sim_schema_axis(
        kit->schema, &(struct sim_schema_axis){
                         .name = "entry", .group = "ledger", .length = 2, .numbers = numbers});

    (void)sim_schema_var(kit->schema, &(struct sim_schema_var){.name = "quantity",
                                                               .group = "ledger",
                                                               .scope = SIM_SCHEMA_RUN,
                                                               .dim_count = 1,
                                                               .dims = {entry},
                                                               .attrs = attrs,
                                                               .attr_count = 2});
    sim_schema_root_attr(kit->schema, "title", "Khu sinh thái");
    sim_schema_input_file(kit->schema, "park.cfg", "00ff");
    sim_schema_input_text(kit->schema, "park", "format = 1;\n\"quoted\"\n");
}

static void fill_card(struct parts_kit *kit, int64_t points, int32_t replications, int32_t shards)
{
    static const char *const designs[] = {"base", "không có ống"};
    struct sim_card_mark *marks = calloc((size_t)points + 1, sizeof(*marks));
    int32_t *of_point = calloc((size_t)points + 1, sizeof(*of_point));

    for (int64_t p = 0; p < points; p++) {
        const uint64_t words[2] = {(uint64_t)p * UINT64_C(0x9e3779b97f4a7c15), (uint64_t)p + 1};

        memcpy(marks[p].bytes, words, sizeof(words));
        of_point[p] = p < points / 2 ? 0 : 1;
    }
    kit->card = (struct sim_card){
        .schema = kit->schema,
        .source = "kit 1.0 (abc)",
        .study_hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        .seed = UINT64_MAX - 1,
        .points = points,
        .marks = marks,
        .designs = designs,
        .point_design = of_point,
        .design_count = 2,
        .rule = {.at_least = replications, .at_most = replications, .level = 0.95},
        .shards = shards};
    if (replications == 0) {
        kit->card.rule = (struct sim_rule){
            .at_least = 2, .at_most = 40, .response = "profit", .share = 0.02, .level = 0.95};
    }
}

struct parts_kit *parts_kit_create(const char *name, int64_t points, int32_t replications,
                                   int32_t shards)
{
    struct parts_kit *kit = calloc(1, sizeof(*kit));

    const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; // flushing is free

    (void)snprintf(kit->folder, sizeof(kit->folder), "%s/ecopark_%s_XXXXXX", memory, name);
    if (mkdtemp(kit->folder) == NULL) {
        stop("no temporary folder can be made");
    }
    (void)snprintf(kit->parts, sizeof(kit->parts), "%s/r.h5.parts", kit->folder);
    declare(kit, points);
    fill_card(kit, points, replications, shards);
    return kit;
}

void parts_kit_destroy(struct parts_kit *kit)
{
    char command[200];

    (void)snprintf(command, sizeof(command), "rm -rf '%s'", kit->folder);
    if (system(command) != 0) {
        stop("the folder cannot be removed");
    }
    sim_schema_destroy(kit->schema);
    free((void *)(uintptr_t)kit->card.marks);
    free((void *)(uintptr_t)kit->card.point_design);
    free(kit);
}

static bool fails(int64_t point, int32_t replication)
{
    return replication > 0 && (point * 5 + replication) % 13 == 0;
}

double parts_kit_profit(int64_t point, int32_t replication)
{
    const double noise = (double)((point * 7919 + replication * 104729) % 1000) / 1000.0;

    return fails(point, replication) ? (double)NAN : 10.0 + (double)(point % 10) + noise;
}

struct sim_pack *parts_kit_run(const struct parts_kit *kit, int64_t point, int32_t replication)
{
    const struct sim_run_key key = {-1, point, replication};

    if (fails(point, replication)) {
        return sim_pack_create_without(&key, "tank bürst", "2026-01-07 00:00");
    }
    struct sim_row *row = sim_row_create(kit->schema, SIM_SCHEMA_RUN);

    *sim_row_f64(row, kit->profit) = parts_kit_profit(point, replication);
    for (int p = 0; p < PLACES - 1; p++) { // the last is not there
        sim_row_f64(row, kit->by_place)[p] = (double)(point + p) + 0.1 * replication;
        for (int d = 0; d < DAYS; d++) {
            sim_row_put(row, kit->series, p * DAYS + d, (double)(point * 100 + replication + d));
        }
    }
    struct sim_pack *pack = sim_pack_create(kit->schema, &key, row);

    pack->events = 1000 + point;
    if (replication == 0) {
        pack->point_row = sim_row_create(kit->schema, SIM_SCHEMA_POINT);
        sim_row_put(pack->point_row, kit->present, point % PLACES, 1.0);
    }
    sim_row_destroy(row);
    return pack;
}

struct sim_parts_key parts_kit_key(const struct parts_kit *kit, int64_t point, int32_t replication)
{
    return (struct sim_parts_key){kit->card.marks[point], replication};
}

struct sim_parts *parts_kit_open(const struct parts_kit *kit, int32_t shard,
                                 struct sim_parts_found *found)
{
    struct sim_parts *parts = NULL;
    struct sim_err err = {0};

    if (sim_parts_open(kit->parts, &kit->card, shard, &parts, found, &err) != SIM_OK) {
        stop(err.text);
    }
    return parts;
}

enum sim_status parts_kit_put(const struct parts_kit *kit, struct sim_parts *parts, int64_t point,
                              int32_t replication, struct sim_err *err)
{
    struct sim_pack *pack = parts_kit_run(kit, point, replication);
    const enum sim_status status = sim_parts_put(parts, &kit->card.marks[point], pack, err);

    sim_pack_destroy(pack);
    return status;
}

/** As a sweep would: the next replication as long as the rule asks for it. */
static int64_t fill_point(const struct parts_kit *kit, struct sim_parts *parts, int64_t point,
                          int64_t most)
{
    double values[64];
    int64_t made = 0;

    for (int32_t r = 0; !sim_rule_is_met(&kit->card.rule, values, r) && made < most; r++) {
        const struct sim_parts_key key = parts_kit_key(kit, point, r);
        enum sim_run_status status = SIM_RUN_SKIPPED;
        struct sim_err err = {0};

        if (!sim_parts_find(parts, &key, &status, &values[r % 64])) {
            if (parts_kit_put(kit, parts, point, r, &err) != SIM_OK) {
                stop(err.text);
            }
            values[r % 64] = parts_kit_profit(point, r);
            made++;
        }
    }
    return made;
}

int64_t parts_kit_fill(const struct parts_kit *kit, struct sim_parts *parts, int32_t shard,
                       int64_t most)
{
    int64_t made = 0;

    for (int64_t p = shard; p < kit->card.points; p += kit->card.shards) {
        made += fill_point(kit, parts, p, most - made);
    }
    return made;
}
