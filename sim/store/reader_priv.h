/** @file
 * The inside of a reader, for the files of `store` alone.
 */
#ifndef SIM_STORE_READER_PRIV_H
#define SIM_STORE_READER_PRIV_H

#include "sim/base/arena.h"
#include "sim/base/strtab.h"
#include "sim/base/vec.h"
#include "sim/store/h5.h"
#include "sim/store/reader.h"
#include "sim/store/seal.h"

struct sim_reader_group_attr {
    const char *group;
    struct sim_reader_attr attr;
};

struct sim_reader {
    struct sim_h5 h;
    struct sim_arena *arena;
    char *path;
    struct sim_seal seal;
    uint64_t length; // [bytes] of the file
    SIM_VEC(struct sim_reader_var) vars;
    struct sim_strtab *names; // "group/name" of each var: the same number
    SIM_VEC(struct sim_reader_group_attr) attrs;
    SIM_VEC(struct sim_reader_failure) failures;
};

/** The first thing wrong with the file is kept, as `h.err`; false, so that it can be returned. */
bool sim_reader_refuse(struct sim_reader *r, const char *fmt, ...) SIM_PRINTF(2, 3);

// ---- texts and attributes (reader_text.c) ----

/** A type of texts that is read: variable or fixed length of at most 64 KB. */
bool sim_reader_text_is_sound(hid_t type);

/** Texts of a dataset as `out`, in the arena; `file_space` may hold a selection of `count`. */
bool sim_reader_text_read(struct sim_reader *r, hid_t dataset, hid_t memory_space, hid_t file_space,
                          int64_t count, const char **out);

/** An attribute as text, numbers written out; "" for types that are not shown. */
const char *sim_reader_text_attr(struct sim_reader *r, hid_t attr, const char *name);

/** A named attribute of an object; NULL when it has none. */
const char *sim_reader_text_named(struct sim_reader *r, hid_t object, const char *name);

/** All attributes of an object, in the order written, into r->attrs. */
void sim_reader_text_attrs(struct sim_reader *r, hid_t object, const char *group);

// ---- what must be so (reader_check.c) ----

/** A dataset's place, type and size can be read without harm. False: r->h.failed, or (with it not
 * set) something that is no variable and is left out. `var` gets type and shape. */
bool sim_reader_check_dataset(struct sim_reader *r, hid_t dataset, struct sim_reader_var *var);

/** All variables together: each dimension is as long as its axis, and what commands read by name
 * has the type and the axes it should have. */
void sim_reader_check_all(struct sim_reader *r);

/** And what a model reads by name. */
void sim_reader_check_expected(struct sim_reader *r, const struct sim_reader_expected *all,
                               int count);

/** The table of failures can be read, and has no more rows than there are runs (reader_failures.c).
 */
void sim_reader_check_failures(struct sim_reader *r);

#endif
