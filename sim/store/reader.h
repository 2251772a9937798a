/** @file
 * Reads a results file: what it says of itself, its variables, and any slice of them.
 *
 * Everything but the values is read when the file is opened. The same reader serves info, export,
 * merge and compare. Files of another major format are refused, files of later minor ones are not.
 *
 * A file may come from anybody. So it is opened only when the type, the rank and the length of all
 * that commands read by name are as they should be, when axes are no longer than the file can hold,
 * and when no value lies in another file; a seal (seal.h) is looked at before HDF5 reads anything.
 * Copies that netCDF or xarray save have no seal, and texts of fixed length: they are read as well.
 *
 * Floor 2. A reader belongs to one thread; texts handed out are borrowed until close.
 */
#ifndef SIM_STORE_READER_H
#define SIM_STORE_READER_H

#include "sim/base/base.h"
#include "sim/base/err.h"
#include "sim/store/chunk.h"
#include "sim/store/schema.h"

struct sim_reader; // opaque: the HDF5 file, an arena with the words

struct sim_reader_attr {
    const char *name;
    const char *text; // numbers are written out; several values with ", " between
};

struct sim_reader_var {
    const char *group; // "" is the root
    const char *name;
    enum sim_schema_type type;
    int rank;
    int64_t dims[SIM_CHUNK_MAX_RANK];
    const char *dim_names[SIM_CHUNK_MAX_RANK]; // "" where a dimension has no scale
    bool is_axis;                              // a scale: coordinates of a dimension
    const char *units;                         // NULL: none
    const char *long_name;                     // NULL: none
};

/** A run that failed, as /failures tells it. */
struct sim_reader_failure {
    int64_t run;
    int64_t point;
    const char *when;
    const char *reason;
};

/** Whether it bears the seal of a results file: its last bytes are looked at, and nothing else.
 * Files that another program has copied have none. */
bool sim_reader_bears_seal(const char *path);

/** SIM_MISSING when there is no such file or the system cannot read it, SIM_INPUT when it is no
 * results file of this format, or one that is damaged or forged. */
enum sim_status sim_reader_open(const char *path, struct sim_reader **out,
                                struct sim_err *err) SIM_MUST_USE;
void sim_reader_close(struct sim_reader *r); // NULL is fine

enum sim_reader_content {
    SIM_READER_NUMBERS,
    SIM_READER_TEXTS,
    SIM_READER_EITHER
};

/** A variable that is read by its name. In names '*' stands for a word, such as a unit; the axes
 * have the same in its place, and it is meant only where they are there. "2" is a dimension of two.
 */
struct sim_reader_expected {
    const char *group;
    const char *name;
    enum sim_reader_content content;
    const char *axes[3];
};

/** The same, and what the tables of a model read by name has the type and the axes that it should
 * have, where it is there. */
enum sim_status sim_reader_open_of(const char *path, const struct sim_reader_expected *all,
                                   int count, struct sim_reader **out,
                                   struct sim_err *err) SIM_MUST_USE;

/** Attributes of the root ("") or a group ("execution"), in the order written. */
int sim_reader_attr_count(const struct sim_reader *r, const char *group);
const struct sim_reader_attr *sim_reader_attr_at(const struct sim_reader *r, const char *group,
                                                 int index);
const char *sim_reader_attr(const struct sim_reader *r, const char *group, const char *name);

/** Axes and variables, the root's first, in the order written. -1 when there is none. */
int sim_reader_var_count(const struct sim_reader *r);
const struct sim_reader_var *sim_reader_var_at(const struct sim_reader *r, int var);
int sim_reader_find(const struct sim_reader *r, const char *group, const char *name);

/** An attribute of a variable, numbers written out; NULL when it has none of that name. */
const char *sim_reader_var_attr(struct sim_reader *r, int var, const char *name);

/** How many values a variable has. */
int64_t sim_reader_size(const struct sim_reader *r, int var);

/** A box of a numeric variable as float64, C order: `start` and `count` have `rank` entries; both
 * NULL: all of it. The caller's `out` has room for the product of `count`. */
enum sim_status sim_reader_numbers(struct sim_reader *r, int var, const int64_t *start,
                                   const int64_t *count, double *out,
                                   struct sim_err *err) SIM_MUST_USE;

/** The same of a variable of texts. */
enum sim_status sim_reader_texts(struct sim_reader *r, int var, const int64_t *start,
                                 const int64_t *count, const char **out,
                                 struct sim_err *err) SIM_MUST_USE;

/** Whether the file has a checksum of all its bytes; a copy by another program has none. */
bool sim_reader_is_sealed(const struct sim_reader *r);

/** Read every byte and compare: SIM_INPUT when one is not as it was written. Without a checksum
 * nothing is known, and nothing is told. */
enum sim_status sim_reader_verify(struct sim_reader *r, struct sim_err *err) SIM_MUST_USE;

/** The runs that failed; `*out` is borrowed until close. */
enum sim_status sim_reader_failures(struct sim_reader *r, const struct sim_reader_failure **out,
                                    int *out_count, struct sim_err *err) SIM_MUST_USE;

#endif
