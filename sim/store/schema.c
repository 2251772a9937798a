#include "sim/store/schema.h"

#include "sim/base/hash.h"
#include "sim/store/schema_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const engine_names[] = {"run", "point", "time", "instant", "bound"};

/** What the writer puts into every file besides the engine's axes; as in struct sim_schema_names.
 */
static const char *const reserved_names[] = {
    "run",       "point",       "time",         "instant", "bound",    "design",
    "status",    "replication", "run_point",    "events",  "failures", "inputs",
    "execution", "time_bounds", "point_design", "point_"};
static const struct sim_schema_names engine_reserves = {reserved_names, SIM_COUNT(reserved_names)};

struct sim_schema *sim_schema_create(void)
{
    struct sim_schema *s = sim_base_alloc(1, sizeof(*s));

    s->arena = sim_arena_create();
    s->words = sim_strtab_create();
    for (int i = 0; i < SIM_COUNT(engine_names); i++) {
        struct sim_schema_axis_entry entry = {0};

        entry.axis.name = engine_names[i];
        entry.axis.group = "";
        SIM_VEC_PUSH(&s->axes, entry);
    }
    s->axes.data[SIM_SCHEMA_AXIS_BOUND].axis.length = 2;
    return s;
}

void sim_schema_destroy(struct sim_schema *s)
{
    if (s == NULL) {
        return;
    }
    for (int i = 0; i < s->axes.count; i++) {
        free(s->axes.data[i].slots);
    }
    sim_strtab_destroy(s->words);
    SIM_VEC_FREE(&s->axes);
    SIM_VEC_FREE(&s->vars);
    SIM_VEC_FREE(&s->attrs);
    SIM_VEC_FREE(&s->files);
    SIM_VEC_FREE(&s->texts);
    sim_arena_destroy(s->arena);
    free(s);
}

void sim_schema_exact(struct sim_schema *s)
{
    SIM_REQUIRE(s->vars.count == 0, "precision is chosen before the first variable");
    s->exact = true;
}

void sim_schema_points(struct sim_schema *s, int64_t points)
{
    SIM_REQUIRE(points >= 0, "points are counted");
    SIM_REQUIRE(s->vars.count == 0 || points == s->axes.data[SIM_SCHEMA_AXIS_POINT].axis.length,
                "points are counted before the first variable");
    s->axes.data[SIM_SCHEMA_AXIS_POINT].axis.length = points;
}

static const double *copy_numbers(struct sim_schema *s, const double *numbers, int64_t count)
{
    double *copy = SIM_ARENA_NEW(s->arena, double, count);

    if (count > 0) {
        memcpy(copy, numbers, (size_t)count * sizeof(double));
    }
    return copy;
}

void sim_schema_clock(struct sim_schema *s, const char *start, const char *utc_offset,
                      const double *boundaries_s, int64_t count)
{
    SIM_REQUIRE(s->start == NULL, "a schema has one clock");
    SIM_REQUIRE(count >= 1, "a clock has at least one recording interval");
    for (int64_t i = 0; i < count; i++) {
        SIM_REQUIRE(boundaries_s[i] < boundaries_s[i + 1], "boundaries ascend");
    }
    const double *copy = copy_numbers(s, boundaries_s, count + 1);

    s->start = sim_arena_strdup(s->arena, start);
    s->utc_offset = sim_arena_strdup(s->arena, utc_offset != NULL ? utc_offset : "");
    s->axes.data[SIM_SCHEMA_AXIS_TIME].axis.length = count;
    s->axes.data[SIM_SCHEMA_AXIS_TIME].axis.numbers = copy;
    s->axes.data[SIM_SCHEMA_AXIS_INSTANT].axis.length = count + 1;
    s->axes.data[SIM_SCHEMA_AXIS_INSTANT].axis.numbers = copy;
}

static const struct sim_schema_attr *copy_attrs(struct sim_schema *s,
                                                const struct sim_schema_attr *attrs, int count)
{
    struct sim_schema_attr *copy = SIM_ARENA_NEW(s->arena, struct sim_schema_attr, count);

    for (int i = 0; i < count; i++) {
        copy[i].name = sim_arena_strdup(s->arena, attrs[i].name);
        copy[i].text = sim_arena_strdup(s->arena, attrs[i].text);
        copy[i].count = attrs[i].count;
        if (attrs[i].text == NULL) {
            copy[i].numbers = copy_numbers(s, attrs[i].numbers, attrs[i].count);
        }
    }
    return copy;
}

static const char *keep_word(struct sim_schema *s, const char *word)
{
    return sim_strtab_name(s->words, sim_strtab_intern(s->words, word));
}

static const char *const *copy_texts(struct sim_schema *s, const char *const *texts, int64_t count)
{
    const char **copy = SIM_ARENA_NEW(s->arena, const char *, count);

    for (int64_t i = 0; i < count; i++) {
        copy[i] = keep_word(s, texts[i] != NULL ? texts[i] : "");
    }
    return copy;
}

/** The slot of `label`, or the free one where it belongs. */
static int32_t *slot_of(const struct sim_schema_axis_entry *entry, const char *label)
{
    const uint64_t mask = (uint64_t)entry->slot_count - 1;
    uint64_t i = sim_hash_text(label, 0) & mask;

    while (entry->slots[i] != 0 && strcmp(entry->axis.labels[entry->slots[i] - 1], label) != 0) {
        i = (i + 1) & mask;
    }
    return &entry->slots[i];
}

/** Index labels; of equal ones the first counts. */
static void index_labels(struct sim_schema_axis_entry *entry)
{
    SIM_REQUIRE(entry->axis.length < INT32_MAX / 4, "labels are counted with 29 bits");
    entry->slot_count = 2;
    while (entry->slot_count < 2 * entry->axis.length) {
        entry->slot_count *= 2;
    }
    entry->slots = sim_base_alloc((size_t)entry->slot_count, sizeof(*entry->slots));
    for (int32_t i = 0; i < (int32_t)entry->axis.length; i++) {
        int32_t *slot = slot_of(entry, entry->axis.labels[i]);

        *slot = *slot == 0 ? i + 1 : *slot;
    }
}

static const char *copy_group(struct sim_schema *s, const char *group)
{
    return sim_arena_strdup(s->arena, group != NULL ? group : "");
}

/** A name is one for axes and variables alike: both become datasets of the group. */
static bool is_free(const struct sim_schema *s, const char *group, const char *name)
{
    for (int i = 0; i < s->vars.count; i++) {
        const char *spread = s->vars.data[i].spread_as;

        if (spread != NULL && (group == NULL || group[0] == '\0') && strcmp(spread, name) == 0) {
            return false;
        }
    }
    return sim_schema_axis_find(s, group, name) < 0 && sim_schema_var_find(s, group, name) < 0;
}

int sim_schema_axis(struct sim_schema *s, const struct sim_schema_axis *axis)
{
    SIM_REQUIRE(axis->length >= 0, "an axis has a length");
    SIM_REQUIRE(strchr(axis->name, '/') == NULL, "names hold no slash");
    SIM_REQUIRE(is_free(s, axis->group, axis->name), "the name of an axis is not taken yet");
    struct sim_schema_axis_entry entry = {.axis = *axis};
    struct sim_schema_axis *copy = &entry.axis;

    copy->name = sim_arena_strdup(s->arena, axis->name);
    copy->group = copy_group(s, axis->group);
    copy->units = sim_arena_strdup(s->arena, axis->units);
    copy->long_name = sim_arena_strdup(s->arena, axis->long_name);
    copy->attrs = copy_attrs(s, axis->attrs, axis->attr_count);
    if (axis->labels != NULL) {
        copy->labels = copy_texts(s, axis->labels, axis->length);
        index_labels(&entry);
    } else if (axis->numbers != NULL) {
        copy->numbers = copy_numbers(s, axis->numbers, axis->length);
    }
    SIM_VEC_PUSH(&s->axes, entry);
    return s->axes.count - 1;
}

size_t sim_schema_type_bytes(enum sim_schema_type type)
{
    switch (type) {
    case SIM_SCHEMA_F64:
    case SIM_SCHEMA_I64:
        return 8;
    case SIM_SCHEMA_F32:
    case SIM_SCHEMA_I32:
        return 4;
    case SIM_SCHEMA_I8:
        return 1;
    case SIM_SCHEMA_STRING:
        break;
    }
    return sizeof(char *);
}

static int64_t dims_size(const struct sim_schema *s, const struct sim_schema_var *var)
{
    int64_t size = 1;

    for (int i = 0; i < var->dim_count; i++) {
        size *= s->axes.data[var->dims[i]].axis.length;
    }
    return size;
}

static const void *copy_values(struct sim_schema *s, const struct sim_schema_var *var)
{
    const int64_t size = dims_size(s, var);

    if (var->type == SIM_SCHEMA_STRING) {
        return copy_texts(s, var->values, size);
    }
    void *copy = sim_arena_alloc(s->arena, (size_t)size, sim_schema_type_bytes(var->type));

    if (size > 0) {
        memcpy(copy, var->values, (size_t)size * sim_schema_type_bytes(var->type));
    }
    return copy;
}

static bool ends_in_time(const struct sim_schema_var *var)
{
    const int last = var->dim_count > 0 ? var->dims[var->dim_count - 1] : -1;

    return last == SIM_SCHEMA_AXIS_TIME || last == SIM_SCHEMA_AXIS_INSTANT;
}

/** One value a point, known when declared, and a free name in the root for the runs. */
static bool is_spreadable(const struct sim_schema *s, const struct sim_schema_var *var)
{
    return var->scope == SIM_SCHEMA_STATIC && var->dim_count == 1 &&
           var->dims[0] == SIM_SCHEMA_AXIS_POINT && (var->group == NULL || var->group[0] == '\0') &&
           strcmp(var->spread_as, var->name) != 0 && is_free(s, "", var->spread_as);
}

static void require_sound(const struct sim_schema *s, const struct sim_schema_var *var)
{
    SIM_REQUIRE(strchr(var->name, '/') == NULL, "names hold no slash");
    SIM_REQUIRE(is_free(s, var->group, var->name), "the name of a variable is not taken yet");
    SIM_REQUIRE(var->dim_count >= 0 && var->dim_count <= SIM_SCHEMA_MAX_DIMS, "at most 4 dims");
    for (int i = 0; i < var->dim_count; i++) {
        const int axis = var->dims[i];
        const bool is_leading = axis == SIM_SCHEMA_AXIS_RUN ||
                                (axis == SIM_SCHEMA_AXIS_POINT && var->scope != SIM_SCHEMA_STATIC);

        SIM_REQUIRE(axis >= 0 && axis < s->axes.count, "a dimension is a declared axis");
        SIM_REQUIRE(!is_leading, "run and point come by the scope");
    }
    SIM_REQUIRE(var->spread_as == NULL || is_spreadable(s, var),
                "only what each point has is spread over the runs, under a free name");
    if (var->scope == SIM_SCHEMA_STATIC) {
        SIM_REQUIRE(var->values != NULL || dims_size(s, var) == 0, "static variables have values");
        return;
    }
    SIM_REQUIRE(var->type != SIM_SCHEMA_STRING, "only static variables are texts");
    SIM_REQUIRE(var->scope != SIM_SCHEMA_SERIES || ends_in_time(var), "a series ends in time");
    SIM_REQUIRE(!var->is_summarised ||
                    (var->scope == SIM_SCHEMA_RUN && var->type == SIM_SCHEMA_F64),
                "float64 totals of runs are summarised, nothing else");
}

int sim_schema_var(struct sim_schema *s, const struct sim_schema_var *var)
{
    require_sound(s, var);
    struct sim_schema_var copy = *var;

    copy.name = sim_arena_strdup(s->arena, var->name);
    copy.group = copy_group(s, var->group);
    copy.units = sim_arena_strdup(s->arena, var->units);
    copy.long_name = sim_arena_strdup(s->arena, var->long_name);
    copy.cell_methods = sim_arena_strdup(s->arena, var->cell_methods);
    copy.fill_meaning = sim_arena_strdup(s->arena, var->fill_meaning);
    copy.spread_as = sim_arena_strdup(s->arena, var->spread_as);
    copy.attrs = copy_attrs(s, var->attrs, var->attr_count);
    copy.values = var->scope == SIM_SCHEMA_STATIC ? copy_values(s, var) : NULL;
    if (s->exact && var->scope == SIM_SCHEMA_SERIES && var->type == SIM_SCHEMA_F32) {
        copy.type = SIM_SCHEMA_F64;
    }
    SIM_VEC_PUSH(&s->vars, copy);
    return s->vars.count - 1;
}

static struct sim_schema_pair make_pair(struct sim_schema *s, const char *name, const char *text)
{
    return (struct sim_schema_pair){sim_arena_strdup(s->arena, name),
                                    sim_arena_strdup(s->arena, text != NULL ? text : "")};
}

void sim_schema_root_attr(struct sim_schema *s, const char *name, const char *text)
{
    SIM_VEC_PUSH(&s->attrs, make_pair(s, name, text));
}

void sim_schema_input_file(struct sim_schema *s, const char *path, const char *sha256_hex)
{
    SIM_VEC_PUSH(&s->files, make_pair(s, path, sha256_hex));
}

void sim_schema_input_text(struct sim_schema *s, const char *name, const char *text)
{
    SIM_VEC_PUSH(&s->texts, make_pair(s, name, text));
}

const char *sim_schema_root_text(const struct sim_schema *s, const char *name)
{
    for (int i = 0; i < s->attrs.count; i++) {
        if (strcmp(s->attrs.data[i].name, name) == 0) {
            return s->attrs.data[i].text;
        }
    }
    return NULL;
}

const char *sim_schema_input(const struct sim_schema *s, int i, const char **out_sha256_hex)
{
    if (i < 0 || i >= s->files.count) {
        return NULL;
    }
    *out_sha256_hex = s->files.data[i].text;
    return s->files.data[i].name;
}

static bool is_among(const struct sim_schema_names *all, const char *name)
{
    for (int i = 0; i < all->count; i++) {
        const char *word = all->names[i];
        const size_t length = strlen(word);
        const bool begins = length > 0 && word[length - 1] == '_';

        if (begins ? strncmp(name, word, length) == 0 : strcmp(name, word) == 0) {
            return true;
        }
    }
    return false;
}

bool sim_schema_is_reserved(const struct sim_schema_names *of_model, const char *name)
{
    return is_among(&engine_reserves, name) || (of_model != NULL && is_among(of_model, name));
}

int sim_schema_axis_find(const struct sim_schema *s, const char *group, const char *name)
{
    for (int i = 0; i < s->axes.count; i++) {
        if (strcmp(s->axes.data[i].axis.name, name) == 0 &&
            strcmp(s->axes.data[i].axis.group, group != NULL ? group : "") == 0) {
            return i;
        }
    }
    return -1;
}

int sim_schema_var_find(const struct sim_schema *s, const char *group, const char *name)
{
    for (int i = 0; i < s->vars.count; i++) {
        if (strcmp(s->vars.data[i].name, name) == 0 &&
            strcmp(s->vars.data[i].group, group != NULL ? group : "") == 0) {
            return i;
        }
    }
    return -1;
}

int sim_schema_axis_count(const struct sim_schema *s)
{
    return s->axes.count;
}

int sim_schema_var_count(const struct sim_schema *s)
{
    return s->vars.count;
}

const struct sim_schema_axis *sim_schema_axis_at(const struct sim_schema *s, int axis)
{
    SIM_REQUIRE(axis >= 0 && axis < s->axes.count, "the axis is declared");
    return &s->axes.data[axis].axis;
}

const struct sim_schema_var *sim_schema_var_at(const struct sim_schema *s, int var)
{
    SIM_REQUIRE(var >= 0 && var < s->vars.count, "the variable is declared");
    return &s->vars.data[var];
}

int64_t sim_schema_label(const struct sim_schema *s, int axis, const char *label)
{
    SIM_REQUIRE(axis >= 0 && axis < s->axes.count, "the axis is declared");
    const struct sim_schema_axis_entry *entry = &s->axes.data[axis];

    return entry->slots != NULL ? (int64_t)*slot_of(entry, label) - 1 : -1;
}

int64_t sim_schema_var_size(const struct sim_schema *s, int var)
{
    return dims_size(s, sim_schema_var_at(s, var));
}

struct text {
    char *bytes; // owned
    size_t length;
    size_t room;
};

static void append(struct text *t, const char *bytes)
{
    const size_t length = strlen(bytes);

    if (t->length + length > t->room) {
        t->room = 2 * (t->length + length);
        t->bytes = sim_base_realloc(t->bytes, t->room, 1);
    }
    memcpy(t->bytes + t->length, bytes, length);
    t->length += length;
}

static void append_sized(struct text *t, const char *bytes, const char *end)
{
    char length[24];

    (void)snprintf(length, sizeof(length), "%zu ", strlen(bytes));
    append(t, length);
    append(t, bytes);
    append(t, end);
}

static void append_pairs(struct text *t, const struct sim_schema_pair *pairs, int count)
{
    for (int i = 0; i < count; i++) {
        append_sized(t, pairs[i].name, " ");
        append_sized(t, pairs[i].text, "\n");
    }
}

void sim_schema_hash(const struct sim_schema *s, const char *salt, char out_hex[65])
{
    struct text text = {0};

    append(&text, salt);
    append(&text, "\n");
    append_pairs(&text, s->texts.data, s->texts.count);
    append_pairs(&text, s->files.data, s->files.count);
    sim_hash_sha256(text.bytes, text.length, out_hex);
    free(text.bytes);
}
