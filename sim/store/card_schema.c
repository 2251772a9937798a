#include "sim/store/card_priv.h"
#include "sim/store/schema_priv.h"

#include <string.h>

// ---- texts and bytes ----

static const char digits[] = "0123456789abcdef";

json_t *sim_card_json_bytes(const void *bytes, size_t length)
{
    const unsigned char *from = bytes;
    char *hex = sim_base_alloc(2 * length + 1, 1);

    for (size_t i = 0; i < length; i++) {
        hex[2 * i] = digits[from[i] >> 4];
        hex[2 * i + 1] = digits[from[i] & 15];
    }
    json_t *value = json_stringn(hex, 2 * length);

    free(hex);
    return value;
}

json_t *sim_card_json_text(const char *text)
{
    json_t *value = text != NULL ? json_string(text) : json_null();

    return value != NULL ? value
                         : json_pack("{so}", "bytes", sim_card_json_bytes(text, strlen(text)));
}

static int digit_value(char digit)
{
    const char *at = digit != '\0' ? strchr(digits, digit) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

static bool decode(const char *hex, unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const int high = digit_value(hex[2 * i]);
        const int low = digit_value(hex[2 * i + 1]);

        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i] = (unsigned char)(16 * high + low);
    }
    return true;
}

const void *sim_card_read_bytes(struct sim_card_reading *r, const json_t *value, size_t length)
{
    unsigned char *bytes = sim_arena_alloc(r->arena, length + 1, 1); // 0 after texts

    if (!json_is_string(value) || json_string_length(value) != 2 * length ||
        !decode(json_string_value(value), bytes, length)) {
        r->is_wrong = true;
    }
    return bytes;
}

const char *sim_card_read_text(struct sim_card_reading *r, const json_t *value)
{
    if (json_is_object(value)) {
        const json_t *bytes = json_object_get(value, "bytes");

        return sim_card_read_bytes(r, bytes, json_string_length(bytes) / 2);
    }
    return sim_arena_strdup(r->arena, json_string_value(value));
}

/** Texts are left out when there are none, to keep the card small. */
static void set_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL) {
        (void)json_object_set_new(object, key, sim_card_json_text(text));
    }
}

static const char *text_of(struct sim_card_reading *r, const json_t *object, const char *key)
{
    return sim_card_read_text(r, json_object_get(object, key));
}

static void set_texts(json_t *object, const char *key, const char *const *texts, int64_t count)
{
    json_t *list = json_array();

    for (int64_t i = 0; i < count; i++) {
        (void)json_array_append_new(list, sim_card_json_text(texts[i]));
    }
    (void)json_object_set_new(object, key, list);
}

static const char *const *texts_of(struct sim_card_reading *r, const json_t *object,
                                   const char *key, int64_t count)
{
    const json_t *list = json_object_get(object, key);
    const char **texts = SIM_ARENA_NEW(r->arena, const char *, count);

    if (json_array_size(list) != (size_t)count) {
        r->is_wrong = true;
        return texts;
    }
    for (int64_t i = 0; i < count; i++) {
        texts[i] = sim_card_read_text(r, json_array_get(list, (size_t)i));
    }
    return texts;
}

static int64_t integer_of(struct sim_card_reading *r, const json_t *object, const char *key,
                          int64_t least, int64_t most)
{
    const json_t *value = json_object_get(object, key);
    const int64_t number = json_integer_value(value);

    if (!json_is_integer(value) || number < least || number > most) {
        r->is_wrong = true;
        return least;
    }
    return number;
}

static void set_integer(json_t *object, const char *key, int64_t number)
{
    (void)json_object_set_new(object, key, json_integer(number));
}

// ---- attributes ----

static void set_attrs(json_t *object, const struct sim_schema_attr *attrs, int count)
{
    json_t *list = json_array();

    for (int i = 0; i < count; i++) {
        json_t *attr = json_object();

        set_text(attr, "name", attrs[i].name);
        if (attrs[i].text != NULL) {
            set_text(attr, "text", attrs[i].text);
        } else {
            set_integer(attr, "count", attrs[i].count);
            (void)json_object_set_new(
                attr, "numbers",
                sim_card_json_bytes(attrs[i].numbers, (size_t)attrs[i].count * sizeof(double)));
        }
        (void)json_array_append_new(list, attr);
    }
    if (count > 0) {
        (void)json_object_set_new(object, "attrs", list);
    } else {
        json_decref(list);
    }
}

static const struct sim_schema_attr *attrs_of(struct sim_card_reading *r, const json_t *object,
                                              int *out_count)
{
    const json_t *list = json_object_get(object, "attrs");

    *out_count = (int)json_array_size(list);
    struct sim_schema_attr *attrs = SIM_ARENA_NEW(r->arena, struct sim_schema_attr, *out_count);

    for (int i = 0; i < *out_count; i++) {
        const json_t *attr = json_array_get(list, (size_t)i);

        attrs[i].name = text_of(r, attr, "name");
        attrs[i].text = text_of(r, attr, "text");
        r->is_wrong = r->is_wrong || attrs[i].name == NULL;
        if (attrs[i].text == NULL) {
            attrs[i].count = (int)integer_of(r, attr, "count", 0, INT32_MAX);
            attrs[i].numbers = sim_card_read_bytes(r, json_object_get(attr, "numbers"),
                                                   (size_t)attrs[i].count * sizeof(double));
        }
    }
    return attrs;
}

// ---- axes ----

static json_t *render_axis(const struct sim_schema_axis *a)
{
    json_t *axis = json_object();

    set_text(axis, "name", a->name);
    set_text(axis, "group", a->group);
    set_integer(axis, "length", a->length);
    if (a->labels != NULL) {
        set_texts(axis, "labels", a->labels, a->length);
    } else if (a->numbers != NULL) {
        (void)json_object_set_new(
            axis, "numbers", sim_card_json_bytes(a->numbers, (size_t)a->length * sizeof(double)));
    }
    set_text(axis, "units", a->units);
    set_text(axis, "long_name", a->long_name);
    set_attrs(axis, a->attrs, a->attr_count);
    return axis;
}

static void read_axis(struct sim_card_reading *r, struct sim_schema *s, const json_t *axis)
{
    struct sim_schema_axis a = {.name = text_of(r, axis, "name"),
                                .group = text_of(r, axis, "group"),
                                .length = integer_of(r, axis, "length", 0, INT64_MAX / 16),
                                .units = text_of(r, axis, "units"),
                                .long_name = text_of(r, axis, "long_name")};

    if (json_object_get(axis, "labels") != NULL) {
        a.labels = texts_of(r, axis, "labels", a.length);
    } else if (json_object_get(axis, "numbers") != NULL) {
        a.numbers = sim_card_read_bytes(r, json_object_get(axis, "numbers"),
                                        (size_t)a.length * sizeof(double));
    }
    a.attrs = attrs_of(r, axis, &a.attr_count);
    r->is_wrong = r->is_wrong || a.name == NULL;
    if (!r->is_wrong) {
        (void)sim_schema_axis(s, &a);
    }
}

static void set_clock(json_t *schema, const struct sim_schema *s)
{
    const struct sim_schema_axis *instant = sim_schema_axis_at(s, SIM_SCHEMA_AXIS_INSTANT);

    if (s->start != NULL) {
        set_text(schema, "start", s->start);
        set_text(schema, "utc_offset", s->utc_offset);
        set_integer(schema, "instants", instant->length);
        (void)json_object_set_new(
            schema, "boundaries",
            sim_card_json_bytes(instant->numbers, (size_t)instant->length * sizeof(double)));
    }
}

static void read_clock(struct sim_card_reading *r, struct sim_schema *s, const json_t *schema)
{
    const char *start = text_of(r, schema, "start");

    if (start == NULL) {
        return;
    }
    const int64_t instants = integer_of(r, schema, "instants", 2, INT64_MAX / 16);
    const double *boundaries = sim_card_read_bytes(r, json_object_get(schema, "boundaries"),
                                                   (size_t)instants * sizeof(double));

    if (!r->is_wrong) {
        sim_schema_clock(s, start, text_of(r, schema, "utc_offset"), boundaries, instants - 1);
    }
}

// ---- variables ----

static void set_values(json_t *var, const struct sim_schema *s, int index)
{
    const struct sim_schema_var *v = sim_schema_var_at(s, index);
    const int64_t size = sim_schema_var_size(s, index);

    if (v->scope != SIM_SCHEMA_STATIC) {
        return;
    }
    if (v->type == SIM_SCHEMA_STRING) {
        set_texts(var, "values", v->values, size);
    } else {
        (void)json_object_set_new(
            var, "values",
            sim_card_json_bytes(v->values, (size_t)size * sim_schema_type_bytes(v->type)));
    }
}

static json_t *render_var(const struct sim_schema *s, int index)
{
    const struct sim_schema_var *v = sim_schema_var_at(s, index);
    json_t *var = json_object();
    json_t *dims = json_array();

    set_text(var, "name", v->name);
    set_text(var, "group", v->group);
    set_integer(var, "type", v->type);
    set_integer(var, "scope", v->scope);
    for (int i = 0; i < v->dim_count; i++) {
        (void)json_array_append_new(dims, json_integer(v->dims[i]));
    }
    (void)json_object_set_new(var, "dims", dims);
    set_text(var, "units", v->units);
    set_text(var, "long_name", v->long_name);
    set_text(var, "cell_methods", v->cell_methods);
    set_text(var, "fill_meaning", v->fill_meaning);
    set_text(var, "spread_as", v->spread_as);
    set_integer(var, "coordinate", v->is_coordinate);
    set_integer(var, "summarised", v->is_summarised);
    set_values(var, s, index);
    set_attrs(var, v->attrs, v->attr_count);
    return var;
}

/** The dimensions, and how many values they make. */
static int64_t read_dims(struct sim_card_reading *r, const struct sim_schema *s, const json_t *var,
                         struct sim_schema_var *v)
{
    const json_t *dims = json_object_get(var, "dims");
    int64_t size = 1;

    if (!json_is_array(dims) || json_array_size(dims) > SIM_SCHEMA_MAX_DIMS) {
        r->is_wrong = true;
        return 0;
    }
    v->dim_count = (int)json_array_size(dims);
    for (int i = 0; i < v->dim_count; i++) {
        const json_int_t axis = json_integer_value(json_array_get(dims, (size_t)i));

        if (axis < 0 || axis >= sim_schema_axis_count(s)) {
            r->is_wrong = true;
            return 0;
        }
        v->dims[i] = (int)axis;
        size *= sim_schema_axis_at(s, (int)axis)->length;
    }
    return size;
}

static void read_values(struct sim_card_reading *r, const json_t *var, int64_t size,
                        struct sim_schema_var *v)
{
    if (v->type == SIM_SCHEMA_STRING) {
        v->values = texts_of(r, var, "values", size);
    } else {
        v->values = sim_card_read_bytes(r, json_object_get(var, "values"),
                                        (size_t)size * sim_schema_type_bytes(v->type));
    }
}

static void read_var(struct sim_card_reading *r, struct sim_schema *s, const json_t *var)
{
    struct sim_schema_var v = {
        .name = text_of(r, var, "name"),
        .group = text_of(r, var, "group"),
        .type = (enum sim_schema_type)integer_of(r, var, "type", 0, SIM_SCHEMA_STRING),
        .scope = (enum sim_schema_scope)integer_of(r, var, "scope", 0, SIM_SCHEMA_SERIES),
        .units = text_of(r, var, "units"),
        .long_name = text_of(r, var, "long_name"),
        .cell_methods = text_of(r, var, "cell_methods"),
        .fill_meaning = text_of(r, var, "fill_meaning"),
        .spread_as = text_of(r, var, "spread_as"),
        .is_coordinate = integer_of(r, var, "coordinate", 0, 1) != 0,
        .is_summarised = integer_of(r, var, "summarised", 0, 1) != 0};
    const int64_t size = read_dims(r, s, var, &v);

    if (v.scope == SIM_SCHEMA_STATIC) {
        read_values(r, var, size, &v);
    }
    v.attrs = attrs_of(r, var, &v.attr_count);
    r->is_wrong = r->is_wrong || v.name == NULL;
    if (!r->is_wrong) {
        (void)sim_schema_var(s, &v);
    }
}

// ---- pairs and the whole ----

static void set_pairs(json_t *schema, const char *key, const struct sim_schema_pair *pairs,
                      int count)
{
    json_t *list = json_array();

    for (int i = 0; i < count; i++) {
        json_t *pair = json_array();

        (void)json_array_append_new(pair, sim_card_json_text(pairs[i].name));
        (void)json_array_append_new(pair, sim_card_json_text(pairs[i].text));
        (void)json_array_append_new(list, pair);
    }
    (void)json_object_set_new(schema, key, list);
}

typedef void add_pair(struct sim_schema *s, const char *name, const char *text);

static void read_pairs(struct sim_card_reading *r, struct sim_schema *s, const json_t *schema,
                       const char *key, add_pair *add)
{
    const json_t *list = json_object_get(schema, key);

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *pair = json_array_get(list, i);
        const char *name = sim_card_read_text(r, json_array_get(pair, 0));

        if (name == NULL) {
            r->is_wrong = true;
            return;
        }
        add(s, name, sim_card_read_text(r, json_array_get(pair, 1)));
    }
}

json_t *sim_card_json_schema(const struct sim_schema *s)
{
    json_t *schema = json_object();
    json_t *axes = json_array();
    json_t *vars = json_array();

    set_integer(schema, "exact", s->exact);
    set_integer(schema, "points", sim_schema_axis_at(s, SIM_SCHEMA_AXIS_POINT)->length);
    set_clock(schema, s);
    for (int i = SIM_SCHEMA_AXIS_FIRST_OWN; i < sim_schema_axis_count(s); i++) {
        (void)json_array_append_new(axes, render_axis(sim_schema_axis_at(s, i)));
    }
    for (int i = 0; i < sim_schema_var_count(s); i++) {
        (void)json_array_append_new(vars, render_var(s, i));
    }
    (void)json_object_set_new(schema, "axes", axes);
    (void)json_object_set_new(schema, "vars", vars);
    set_pairs(schema, "attrs", s->attrs.data, s->attrs.count);
    set_pairs(schema, "files", s->files.data, s->files.count);
    set_pairs(schema, "texts", s->texts.data, s->texts.count);
    return schema;
}

struct sim_schema *sim_card_read_schema(struct sim_card_reading *r, const json_t *value)
{
    struct sim_schema *s = sim_schema_create();
    const json_t *axes = json_object_get(value, "axes");
    const json_t *vars = json_object_get(value, "vars");

    if (integer_of(r, value, "exact", 0, 1) != 0) {
        sim_schema_exact(s);
    }
    sim_schema_points(s, integer_of(r, value, "points", 0, INT32_MAX));
    read_clock(r, s, value);
    for (size_t i = 0; i < json_array_size(axes) && !r->is_wrong; i++) {
        read_axis(r, s, json_array_get(axes, i));
    }
    for (size_t i = 0; i < json_array_size(vars) && !r->is_wrong; i++) {
        read_var(r, s, json_array_get(vars, i));
    }
    read_pairs(r, s, value, "attrs", sim_schema_root_attr);
    read_pairs(r, s, value, "files", sim_schema_input_file);
    read_pairs(r, s, value, "texts", sim_schema_input_text);
    if (r->is_wrong) {
        sim_schema_destroy(s);
        return NULL;
    }
    return s;
}
