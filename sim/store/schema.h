/** @file
 * What a results file holds: its axes, its variables and the words about them.
 *
 * The model declares its part once, after loading; the engine adds what every file has: the axes
 * run, point, time, instant and bound, the coordinates replication, status and run_point, and the
 * means over the replications. The order of declaration is the order in the file, so a model
 * declares sorted things. What surprises: a variable's own dimensions are listed WITHOUT its
 * leading axis; the scope says which one that is (run, point, or none).
 *
 * The schema copies all it is given; every text is UTF-8. Units are as UDUNITS and CF write them
 * ("t", "m3", "h", "1" for fractions and counts, "" for none).
 *
 * Floor 2. Const after its declaration, and then shared by all threads.
 */
#ifndef SIM_STORE_SCHEMA_H
#define SIM_STORE_SCHEMA_H

#include "sim/base/base.h"

struct sim_schema; // opaque: axes, variables and words in one arena (schema_priv.h)

enum sim_schema_type {
    SIM_SCHEMA_F64,
    SIM_SCHEMA_F32,
    SIM_SCHEMA_I64,
    SIM_SCHEMA_I32,
    SIM_SCHEMA_I8,
    SIM_SCHEMA_STRING // static only
};

/** Where a variable's values come from, and its leading axis. */
enum sim_schema_scope {
    SIM_SCHEMA_STATIC, // (dims): known when declared, `values` points to them
    SIM_SCHEMA_POINT,  // (point, dims): a property of a design or of axis values, e.g.
                       // present_link_t
    SIM_SCHEMA_RUN,    // (run, dims): one total a run; float64 always stays float64
    SIM_SCHEMA_SERIES  // (run, dims): large; its dims end with time or instant; chunk = one run
};

/** The axes that are always there, by number; the model's own axes follow. */
enum {
    SIM_SCHEMA_AXIS_RUN,
    SIM_SCHEMA_AXIS_POINT,
    SIM_SCHEMA_AXIS_TIME,    // recording intervals; length 0 until sim_schema_clock
    SIM_SCHEMA_AXIS_INSTANT, // their boundaries: time + 1
    SIM_SCHEMA_AXIS_BOUND,   // 2
    SIM_SCHEMA_AXIS_FIRST_OWN
};

enum {
    SIM_SCHEMA_MAX_DIMS = 4
}; // [-] own dimensions of a variable, without the leading axis

/** A word about a file, an axis or a variable: text, or numbers when `text` is NULL. */
struct sim_schema_attr {
    const char *name;
    const char *text;
    const double
        *numbers; // `count` of them, stored in the type of the variable (float64 at the root)
    int count;
};

struct sim_schema_axis {
    const char *name;          // "link_t"
    const char *group;         // NULL or "": the root; "ledger": /ledger
    int64_t length;            // [-] may be 0: then its variables are there and empty
    const char *const *labels; // `length` texts, or NULL
    const double *numbers;     // `length` coordinates in `units`, or NULL; neither: 0, 1, 2, ...
    const char *units;         // NULL: none
    const char *long_name;     // NULL: none
    const struct sim_schema_attr *attrs;
    int attr_count;
};

struct sim_schema_var {
    const char *name;  // "flow_t_total"
    const char *group; // NULL or "": the root
    enum sim_schema_type type;
    enum sim_schema_scope scope;
    int dim_count;                 // [-] without the leading axis
    int dims[SIM_SCHEMA_MAX_DIMS]; // axes, slowest first: { link_t, SIM_SCHEMA_AXIS_TIME }
    const char *units;             // NULL: none; "1" for fractions and counts
    const char *long_name;         // NULL: none
    const char *cell_methods;      // NULL: none; "time: sum", "instant: point"
    const char *fill_meaning;      // NULL: none; one line on what a missing value means
    const void *values;            // static only: `type` numbers or const char *, C order
    bool is_coordinate;            // shown as a coordinate by xarray ("link_t_from")
    bool is_summarised; // run, float64 only: adds NAME_mean, _half_width, _n over the replications
    const char *spread_as; // static only, dims = { point }: the file also has a variable of this
                           // name over the runs, each run's value being that of its point; NULL: no
    const struct sim_schema_attr *attrs;
    int attr_count;
};

/** Owned by the caller. It starts with the engine's axes alone. */
struct sim_schema *sim_schema_create(void);
void sim_schema_destroy(struct sim_schema *s); // NULL is fine

/** float32 series are stored as float64 from now on (`store.precision = "exact"`). Call it first.
 */
void sim_schema_exact(struct sim_schema *s);

/** Say the recording intervals: `count` + 1 boundaries in seconds after `start`, ascending, the
 * first is 0 unless a warm-up came before. `start` is the local wall clock "2026-01-01 00:00:00",
 * `utc_offset` is "+07:00". Both axes, time_bounds and the attributes follow from it. */
void sim_schema_clock(struct sim_schema *s, const char *start, const char *utc_offset,
                      const double *boundaries_s, int64_t count);

/** Say how many points there are, before the first variable over them. Without it axis point has
 * length 0 here, and the file the length that its writer is told. */
void sim_schema_points(struct sim_schema *s, int64_t points);

/** Add an axis or a variable; returns its number. A name that is already taken in the group, a
 * static variable without values, a series that does not end in a time axis are bugs. */
int sim_schema_axis(struct sim_schema *s, const struct sim_schema_axis *axis);
int sim_schema_var(struct sim_schema *s, const struct sim_schema_var *var);

/** A text attribute of the file: title and what else the model wants to say. The engine writes
 * Conventions, ecopark_format, source, compiler, seed, study_hash, content_hash, ended and the NX_
 * ones itself. `signal` names the variable that viewers plot first; without it the first series is
 * taken. */
void sim_schema_root_attr(struct sim_schema *s, const char *name, const char *text);

/** Goes to /inputs: a file that was read (path as the park names it, never absolute, so that two
 * machines write the same bytes), and a text (`name` "park": the park as resolved). */
void sim_schema_input_file(struct sim_schema *s, const char *path, const char *sha256_hex);
void sim_schema_input_text(struct sim_schema *s, const char *name, const char *text);

/** Path of the i-th input file that was said, and its fingerprint; NULL after the last. */
const char *sim_schema_input(const struct sim_schema *s, int i, const char **out_sha256_hex);

/** SHA-256 in hex of `salt`, the input texts and the sums of the input files: what a study is. */
void sim_schema_hash(const struct sim_schema *s, const char *salt, char out_hex[65]);

/** Names that a model's results take for themselves; one that ends with '_' stands for all that
 * begin so ("flow_"). */
struct sim_schema_names {
    const char *const *names;
    int count;
};

/** Names that the file uses itself, or the model (NULL: none known): axes and responses of a study
 * must not take them. */
bool sim_schema_is_reserved(const struct sim_schema_names *of_model, const char *name);

// What was declared; borrowed until destroy. Absent names give -1.
int sim_schema_axis_find(const struct sim_schema *s, const char *group, const char *name);
int sim_schema_var_find(const struct sim_schema *s, const char *group, const char *name);
int sim_schema_axis_count(const struct sim_schema *s);
int sim_schema_var_count(const struct sim_schema *s);
const struct sim_schema_axis *sim_schema_axis_at(const struct sim_schema *s, int axis);
const struct sim_schema_var *sim_schema_var_at(const struct sim_schema *s, int var);

/** Where a label stands on its axis, -1 when it does not; O(1). A
 * state finds its entities' columns with it, once, when it is created. */
int64_t sim_schema_label(const struct sim_schema *s, int axis, const char *label);

/** How many values one run (or point, or the file) has of it: the product of its own dimensions. */
int64_t sim_schema_var_size(const struct sim_schema *s, int var);

/** Bytes of one value of the type; STRING: of a pointer. */
size_t sim_schema_type_bytes(enum sim_schema_type type);

#endif
