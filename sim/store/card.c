#include "sim/store/card.h"

#include "sim/base/arena.h"
#include "sim/base/file.h"
#include "sim/base/hash.h"
#include "sim/store/card_priv.h"
#include "sim/store/schema_priv.h"

#include <jansson.h>
#include <libdeflate.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CARD_VERSION = 1
};

static const size_t card_limit = (size_t)1 << 31;

/** What stands before the rest, so that the checksum of the rest can be checked as it is. */
static const char prefix_format[] = "{\"ecopark_card\": %d, \"crc32\": \"%08" PRIx32 "\", ";

// ---- layout ----

static void mix(uint64_t h[2], const void *bytes, size_t length)
{
    h[0] = sim_hash_bytes(bytes, length, h[0]);
    h[1] = sim_hash_bytes(bytes, length, h[1]);
}

static void mix_text(uint64_t h[2], const char *text)
{
    mix(h, text != NULL ? text : "", text != NULL ? strlen(text) + 1 : 0);
}

static void mix_number(uint64_t h[2], int64_t number)
{
    mix(h, &number, sizeof(number));
}

/** Labels, numbers or the length alone. */
static void mix_axis(uint64_t h[2], const struct sim_schema_axis *axis)
{
    mix_text(h, axis->name);
    mix_text(h, axis->group);
    mix_number(h, axis->length);
    for (int64_t i = 0; axis->labels != NULL && i < axis->length; i++) {
        mix_text(h, axis->labels[i]);
    }
    if (axis->numbers != NULL) {
        mix(h, axis->numbers, (size_t)axis->length * sizeof(*axis->numbers));
    }
}

static void mix_var(uint64_t h[2], const struct sim_schema *s, const struct sim_schema_var *var)
{
    mix_text(h, var->name);
    mix_text(h, var->group);
    mix_text(h, var->units);
    mix_number(h, var->type);
    mix_number(h, var->scope);
    mix_number(h, var->dim_count);
    for (int i = 0; i < var->dim_count; i++) {
        mix_axis(h, sim_schema_axis_at(s, var->dims[i]));
    }
}

void sim_card_layout(const struct sim_card *c, struct sim_card_mark *out)
{
    uint64_t h[2] = {1, 2};

    mix_text(h, c->source);
    mix_text(h, c->schema->start);
    for (int i = 0; i < sim_schema_var_count(c->schema); i++) {
        const struct sim_schema_var *var = sim_schema_var_at(c->schema, i);

        mix_number(h, i); // chunks name their variable by number
        if (var->scope != SIM_SCHEMA_STATIC) {
            mix_var(h, c->schema, var);
        }
    }
    memcpy(out->bytes, h, sizeof(out->bytes));
}

// ---- write ----

static json_t *render_designs(const struct sim_card *c)
{
    json_t *designs = json_array();

    for (int i = 0; i < c->design_count; i++) {
        (void)json_array_append_new(designs, sim_card_json_text(c->designs[i]));
    }
    return designs;
}

/** [design, how many points in a row], as designs come slowest. */
static json_t *render_point_designs(const struct sim_card *c)
{
    json_t *rows = json_array();

    for (int64_t p = 0; p < c->points;) {
        const int64_t first = p;

        for (p++; p < c->points && c->point_design[p] == c->point_design[first]; p++) {
        }
        (void)json_array_append_new(
            rows, json_pack("[i, I]", (int)c->point_design[first], (json_int_t)(p - first)));
    }
    return rows;
}

static json_t *render_rule(const struct sim_rule *r)
{
    return json_pack("{si, si, so, sf, sf, sb}", "at_least", (int)r->at_least, "at_most",
                     (int)r->at_most, "response", sim_card_json_text(r->response), "share",
                     r->share, "level", r->level, "is_antithetic", (int)r->is_antithetic);
}

static json_t *render(const struct sim_card *c)
{
    char seed[32];

    (void)snprintf(seed, sizeof(seed), "%" PRIu64, c->seed); // beyond what JSON readers hold
    json_t *root = json_pack(
        "{so, so, ss, sI, si, sb, so}", "source", sim_card_json_text(c->source), "study_hash",
        sim_card_json_text(c->study_hash), "seed", seed, "points", (json_int_t)c->points, "shards",
        (int)c->shards, "is_antithetic", (int)c->is_antithetic, "rule", render_rule(&c->rule));

    SIM_REQUIRE(root != NULL, "a card can be written as JSON");
    (void)json_object_set_new(root, "designs", render_designs(c));
    (void)json_object_set_new(root, "point_design", render_point_designs(c));
    (void)json_object_set_new(root, "marks",
                              sim_card_json_bytes(c->marks, (size_t)c->points * sizeof(*c->marks)));
    (void)json_object_set_new(root, "schema", sim_card_json_schema(c->schema));
    return root;
}

void sim_card_hash(const struct sim_card *c, char out_hex[65])
{
    json_t *root = render(c);

    (void)json_object_del(root, "shards");
    char *text = json_dumps(root, JSON_REAL_PRECISION(17));

    SIM_REQUIRE(text != NULL, "a card can be written as JSON");
    sim_hash_sha256(text, strlen(text), out_hex);
    free(text);
    json_decref(root);
}

enum sim_status sim_card_write(const struct sim_card *c, const char *path, struct sim_err *err)
{
    json_t *root = render(c);
    char *text = json_dumps(root, JSON_REAL_PRECISION(17));

    SIM_REQUIRE(text != NULL && text[0] == '{', "a card can be written as JSON");
    const char *rest = text + 1;
    const size_t length = strlen(rest);
    char prefix[64];
    const int prefix_length = snprintf(prefix, sizeof(prefix), prefix_format, CARD_VERSION,
                                       libdeflate_crc32(0, rest, length));
    char *whole = sim_base_alloc((size_t)prefix_length + length + 1, 1);

    memcpy(whole, prefix, (size_t)prefix_length);
    memcpy(whole + prefix_length, rest, length);
    whole[(size_t)prefix_length + length] = '\n';
    const enum sim_status status =
        sim_file_write(path, whole, (size_t)prefix_length + length + 1, err);

    free(whole);
    free(text);
    json_decref(root);
    return status;
}

// ---- read ----

static void read_designs(struct sim_card_reading *r, json_t *root, struct sim_card *c)
{
    json_t *designs = json_object_get(root, "designs");
    const int count = (int)json_array_size(designs);
    const char **names = SIM_ARENA_NEW(r->arena, const char *, count);

    for (int i = 0; i < count; i++) {
        names[i] = sim_card_read_text(r, json_array_get(designs, (size_t)i));
    }
    c->designs = names;
    c->design_count = count;
}

static void read_point_designs(struct sim_card_reading *r, json_t *root, struct sim_card *c)
{
    json_t *rows = json_object_get(root, "point_design");
    int32_t *of_point = SIM_ARENA_NEW(r->arena, int32_t, c->points);
    int64_t p = 0;

    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const json_int_t design = json_integer_value(json_array_get(row, 0));
        const json_int_t count = json_integer_value(json_array_get(row, 1));

        if (design < 0 || design >= c->design_count || count < 1 || count > c->points - p) {
            r->is_wrong = true;
            return;
        }
        for (const int64_t end = p + count; p < end; p++) {
            of_point[p] = (int32_t)design;
        }
    }
    r->is_wrong = r->is_wrong || p != c->points;
    c->point_design = of_point;
}

static void read_rule(struct sim_card_reading *r, json_t *root, struct sim_rule *rule)
{
    int is_antithetic = 0;
    json_t *response = NULL;

    if (json_unpack(json_object_get(root, "rule"), "{si, si, so, sF, sF, sb}", "at_least",
                    &rule->at_least, "at_most", &rule->at_most, "response", &response, "share",
                    &rule->share, "level", &rule->level, "is_antithetic", &is_antithetic) != 0) {
        r->is_wrong = true;
        return;
    }
    rule->response = sim_card_read_text(r, response);
    rule->is_antithetic = is_antithetic != 0;
}

static void read_card(struct sim_card_reading *r, json_t *root, struct sim_card *c)
{
    json_int_t points = 0;
    int is_antithetic = 0;
    const char *seed = NULL;

    if (json_unpack(root, "{ss, sI, si, sb}", "seed", &seed, "points", &points, "shards",
                    &c->shards, "is_antithetic", &is_antithetic) != 0 ||
        points < 0 || points > INT32_MAX || c->shards < 1) {
        r->is_wrong = true;
        return;
    }
    c->seed = strtoull(seed, NULL, 10);
    c->points = points;
    c->is_antithetic = is_antithetic != 0;
    c->source = sim_card_read_text(r, json_object_get(root, "source"));
    c->study_hash = sim_card_read_text(r, json_object_get(root, "study_hash"));
    read_rule(r, root, &c->rule);
    read_designs(r, root, c);
    read_point_designs(r, root, c);
    c->marks = sim_card_read_bytes(r, json_object_get(root, "marks"),
                                   (size_t)points * sizeof(struct sim_card_mark));
    r->is_wrong = r->is_wrong || c->source == NULL || c->study_hash == NULL;
    if (!r->is_wrong) {
        c->schema = sim_card_read_schema(r, json_object_get(root, "schema"));
    }
}

/** The text behind the prefix, checked; NULL with the error told. */
static const char *check_prefix(const char *path, const char *text, size_t length,
                                struct sim_err *err)
{
    const char *comma = length > 40 ? strstr(text, "\", ") : NULL;
    const char *rest = comma != NULL ? comma + 3 : text;
    const size_t rest_length = length - (size_t)(rest - text);
    char prefix[64];

    if (strncmp(text, "{\"ecopark_card\": ", 17) == 0 &&
        strtol(text + 17, NULL, 10) > CARD_VERSION) {
        (void)sim_err_set(err, SIM_INPUT, "%s was written by a later version of the program", path);
        return NULL;
    }
    const size_t without_newline = rest_length > 0 ? rest_length - 1 : 0;

    (void)snprintf(prefix, sizeof(prefix), prefix_format, CARD_VERSION,
                   libdeflate_crc32(0, rest, without_newline));
    if (comma == NULL || strlen(prefix) != (size_t)(rest - text) ||
        strncmp(text, prefix, strlen(prefix)) != 0) {
        (void)sim_err_set(err, SIM_INPUT, "%s is damaged: it is not as it was written", path);
        return NULL;
    }
    return rest;
}

static enum sim_status parse(const char *path, const char *text, size_t length, json_t **out,
                             struct sim_err *err)
{
    json_error_t where;

    if (check_prefix(path, text, length, err) == NULL) {
        return SIM_INPUT;
    }
    *out = json_loadb(text, length, 0, &where);
    return *out != NULL ? SIM_OK
                        : sim_err_set(err, SIM_INPUT, "%s is damaged: %s", path, where.text);
}

enum sim_status sim_card_read(const char *path, struct sim_card **out, struct sim_err *err)
{
    char *text = NULL;
    size_t length = 0;
    json_t *root = NULL;

    *out = NULL;
    SIM_TRY(sim_file_read(path, card_limit, &text, &length, err));
    enum sim_status status = parse(path, text, length, &root, err);

    free(text);
    SIM_TRY(status);
    struct sim_card_reading r = {.arena = sim_arena_create()};
    struct sim_card *c = sim_base_alloc(1, sizeof(*c));

    c->own = r.arena;
    read_card(&r, root, c);
    json_decref(root);
    if (r.is_wrong) {
        sim_card_destroy(c);
        return sim_err_set(err, SIM_INPUT, "%s is damaged: something is missing in it", path);
    }
    *out = c;
    return SIM_OK;
}

void sim_card_destroy(struct sim_card *c)
{
    if (c == NULL) {
        return;
    }
    SIM_REQUIRE(c->own != NULL, "a card that was not read belongs to whoever made it");
    sim_schema_destroy((struct sim_schema *)(uintptr_t)c->schema); // read: it is ours
    sim_arena_destroy(c->own);
    free(c);
}
