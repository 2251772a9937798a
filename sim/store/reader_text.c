#include "sim/store/reader_priv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ATTR_NUMBERS = 64,    // shown
    MAX_ATTR_TEXTS = 100000,  // input files of a park are the most there are
    MAX_ATTRS = 10000,        // of one object
    MAX_TEXT_BYTES = 1 << 16, // of a text of fixed length
    MAX_ATTR_BYTES = 1 << 24
};

bool sim_reader_text_is_sound(hid_t type)
{
    return H5Tis_variable_str(type) > 0 || H5Tget_size(type) <= MAX_TEXT_BYTES;
}

/** The text of fixed length at `bytes`, without what fills it up. */
static const char *take_fixed(struct sim_reader *r, const char *bytes, size_t size, hid_t type)
{
    const bool has_spaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
    size_t length = strnlen(bytes, size);

    while (has_spaces && length > 0 && bytes[length - 1] == ' ') {
        length--;
    }
    return sim_arena_strndup(r->arena, bytes, length);
}

/** Gives texts of variable length their memory, as long as they can be those of the file. */
struct budget {
    uint64_t left; // [bytes]
};

static void *take_memory(size_t size, void *user)
{
    struct budget *b = user;

    if (size > b->left) {
        return NULL; // many that lead to one text: more than the file has
    }
    b->left -= size;
    return malloc(size > 0 ? size : 1);
}

static void give_back(void *memory, void *user)
{
    (void)user;
    free(memory);
}

static bool read_variable(struct sim_reader *r, hid_t dataset, hid_t type, hid_t memory_space,
                          hid_t file_space, int64_t count, const char **out)
{
    struct budget budget = {r->length + (uint64_t)count};
    struct sim_h5 *h = &r->h;
    char **texts = sim_base_alloc((size_t)count, sizeof(*texts));
    const hid_t plist = SIM_H5_ID(h, "read", "texts", H5Pcreate(H5P_DATASET_XFER));

    (void)SIM_H5_OK(h, "read", "texts",
                    H5Pset_vlen_mem_manager(plist, take_memory, &budget, give_back, &budget));
    const bool is_read = SIM_H5_OK(h, "read", "texts",
                                   H5Dread(dataset, type, memory_space, file_space, plist, texts));

    for (int64_t i = 0; i < count; i++) { // also those read before a failure
        out[i] = sim_arena_strdup(r->arena, is_read && texts[i] != NULL ? texts[i] : "");
        free(texts[i]);
    }
    free(texts);
    sim_h5_release(h, plist);
    return is_read;
}

static bool read_fixed(struct sim_reader *r, hid_t dataset, hid_t type, hid_t memory_space,
                       hid_t file_space, int64_t count, const char **out)
{
    const size_t size = H5Tget_size(type);
    char *bytes = sim_base_alloc((size_t)count, size);
    const bool is_read =
        SIM_H5_OK(&r->h, "read", "texts",
                  H5Dread(dataset, type, memory_space, file_space, H5P_DEFAULT, bytes));

    for (int64_t i = 0; i < count; i++) {
        out[i] = take_fixed(r, bytes + (size_t)i * size, size, type);
    }
    free(bytes);
    return is_read;
}

bool sim_reader_text_read(struct sim_reader *r, hid_t dataset, hid_t memory_space, hid_t file_space,
                          int64_t count, const char **out)
{
    // its own type: ASCII and UTF-8 do not convert into each other
    const hid_t type = SIM_H5_ID(&r->h, "read", "texts", H5Dget_type(dataset));
    const bool is_variable = !r->h.failed && H5Tis_variable_str(type) > 0;
    const bool is_read =
        !r->h.failed && (is_variable ? read_variable : read_fixed)(r, dataset, type, memory_space,
                                                                   file_space, count, out);

    sim_h5_release(&r->h, type);
    return is_read;
}

// ---- attributes ----

/** Texts with ", " between. */
static const char *join(struct sim_reader *r, const char *const *texts, int64_t count)
{
    size_t length = 1;

    for (int64_t i = 0; i < count; i++) {
        length += strlen(texts[i]) + 2;
    }
    char *joined = sim_arena_alloc(r->arena, length, 1);
    char *at = joined;

    *at = '\0';
    for (int64_t i = 0; i < count; i++) {
        at = stpcpy(at, i > 0 ? ", " : "");
        at = stpcpy(at, texts[i]);
    }
    return joined;
}

static const char *attr_variable(struct sim_reader *r, hid_t attr, hid_t type, int64_t count)
{
    char **texts = sim_base_alloc((size_t)count, sizeof(*texts));
    const bool is_read = SIM_H5_OK(&r->h, "read", "an attribute", H5Aread(attr, type, texts));

    for (int64_t i = 0; i < count; i++) {
        char *text = is_read && texts[i] != NULL ? texts[i] : NULL;

        texts[i] = (char *)(uintptr_t)sim_arena_strdup(r->arena, text != NULL ? text : "");
        (void)H5free_memory(text);
    }
    const char *joined = join(r, (const char *const *)texts, count);

    free(texts);
    return joined;
}

static const char *attr_fixed(struct sim_reader *r, hid_t attr, hid_t type, int64_t count)
{
    const size_t size = H5Tget_size(type);
    char *bytes = sim_base_alloc((size_t)count, size);
    const char **texts = sim_base_alloc((size_t)count, sizeof(*texts));

    (void)SIM_H5_OK(&r->h, "read", "an attribute", H5Aread(attr, type, bytes));
    for (int64_t i = 0; i < count; i++) {
        texts[i] = take_fixed(r, bytes + (size_t)i * size, size, type);
    }
    const char *joined = join(r, texts, count);

    free(texts);
    free(bytes);
    return joined;
}

static const char *attr_texts(struct sim_reader *r, hid_t attr, hid_t type, int64_t count,
                              const char *name)
{
    const bool is_variable = H5Tis_variable_str(type) > 0;
    const size_t size = H5Tget_size(type);

    if (count > MAX_ATTR_TEXTS || size > MAX_ATTR_BYTES || (size_t)count * size > MAX_ATTR_BYTES) {
        (void)sim_reader_refuse(r, "its attribute '%s' is too long", name);
        return "";
    }
    return (is_variable ? attr_variable : attr_fixed)(r, attr, type, count);
}

/** Numbers written out; whole ones as such: a seed has more digits than a float64 keeps. */
static const char *attr_numbers(struct sim_reader *r, hid_t attr, hid_t type, int64_t count)
{
    const bool is_whole = H5Tget_class(type) == H5T_INTEGER;
    const bool is_signed = is_whole && H5Tget_sign(type) == H5T_SGN_2;
    const hid_t memory = !is_whole   ? H5T_NATIVE_DOUBLE
                         : is_signed ? H5T_NATIVE_INT64
                                     : H5T_NATIVE_UINT64;
    union {
        double real[MAX_ATTR_NUMBERS];
        int64_t whole[MAX_ATTR_NUMBERS];
        uint64_t natural[MAX_ATTR_NUMBERS];
    } values = {{0}};
    const char *texts[MAX_ATTR_NUMBERS];

    if (!SIM_H5_OK(&r->h, "read", "an attribute", H5Aread(attr, memory, &values))) {
        return "";
    }
    for (int64_t i = 0; i < count; i++) {
        texts[i] = !is_whole   ? sim_arena_format(r->arena, "%.15g", values.real[i])
                   : is_signed ? sim_arena_format(r->arena, "%" PRId64, values.whole[i])
                               : sim_arena_format(r->arena, "%" PRIu64, values.natural[i]);
    }
    return join(r, texts, count);
}

/** Numbers as machines have them; others (of 3 bits, of 60 bytes) are not shown. */
static bool is_plain_number(hid_t type)
{
    const H5T_class_t kind = H5Tget_class(type);

    return (kind == H5T_INTEGER || kind == H5T_FLOAT) && H5Tget_size(type) <= sizeof(double);
}

const char *sim_reader_text_attr(struct sim_reader *r, hid_t attr, const char *name)
{
    struct sim_h5 *h = &r->h;
    const hid_t type = SIM_H5_ID(h, "read", "an attribute", H5Aget_type(attr));
    const hid_t space = SIM_H5_ID(h, "read", "an attribute", H5Aget_space(attr));
    const hssize_t count = h->failed ? 0 : H5Sget_simple_extent_npoints(space);
    const char *text = "";

    if (count > 0 && H5Tget_class(type) == H5T_STRING) {
        text = attr_texts(r, attr, type, count, name);
    } else if (count > 0 && count <= MAX_ATTR_NUMBERS && is_plain_number(type)) {
        text = attr_numbers(r, attr, type, count);
    }
    sim_h5_release(h, space);
    sim_h5_release(h, type);
    return text;
}

const char *sim_reader_text_named(struct sim_reader *r, hid_t object, const char *name)
{
    struct sim_h5 *h = &r->h;

    if (h->failed || H5Aexists(object, name) <= 0) {
        return NULL;
    }
    const hid_t attr = SIM_H5_ID(h, "read", name, H5Aopen(object, name, H5P_DEFAULT));
    const char *text = sim_reader_text_attr(r, attr, name);

    sim_h5_release(h, attr);
    return text;
}

/** Where a walk over the attributes of a group stands. */
struct walk {
    struct sim_reader *reader;
    const char *group;
};

static herr_t visit_attr(hid_t object, const char *name, const H5A_info_t *info, void *user)
{
    (void)info;
    const struct walk *walk = user;
    struct sim_reader *r = walk->reader;
    const char *text = sim_reader_text_named(r, object, name);
    const struct sim_reader_group_attr entry = {
        walk->group, {sim_arena_strdup(r->arena, name), text != NULL ? text : ""}};

    SIM_VEC_PUSH(&r->attrs, entry);
    return r->h.failed ? 1 : 0;
}

void sim_reader_text_attrs(struct sim_reader *r, hid_t object, const char *group)
{
    struct walk walk = {r, group};
    H5O_info_t info;
    hsize_t from = 0;
    const bool is_known =
        SIM_H5_OK(&r->h, "read", "attributes", H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS));

    if (!is_known || info.num_attrs > MAX_ATTRS) {
        (void)sim_reader_refuse(r, "it has too many attributes");
        return;
    }
    // without an order of creation: by name
    if (H5Aiterate2(object, H5_INDEX_CRT_ORDER, H5_ITER_INC, &from, visit_attr, &walk) < 0) {
        from = 0;
        (void)SIM_H5_OK(&r->h, "read", "attributes",
                        H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &from, visit_attr, &walk));
    }
}
