/** @file
 * How the engine meets what it simulates: one const struct of callbacks.
 *
 * The engine (store, sweep, cli) knows nothing of parks. A model loads a file into const data,
 * declares what its results look like, makes a state for each thread, and runs one trial at a
 * time; the engine chooses the trials, the threads, and writes the file. A ten-line toy is
 * enough to sweep (tests/support/toy_model.c).
 *
 * The life of it, in the order of the calls:
 *
 *     [open ->] load -> facts -> declare
 *          -> [a thread: state_create -> (row reset, run)* -> state_destroy]
 *          -> summary_text | summary_json -> unload [-> close]
 *
 * A study opens its park once, and loads it from there for each design and each set of axis values,
 * in any thread; a single run loads it directly.
 *
 * Ownership: the data are the model's, const after load and shared by all threads without a lock.
 * A state belongs to one thread from create to destroy and is used for many runs: `run` resets it
 * itself. The schema outlives states and rows. Texts handed to the engine are borrowed until
 * unload. Nothing here may be NULL unless it says so.
 *
 * The rule that surprises: a run's results may depend on data and trial only, never on what the
 * state ran before, on the thread, or on the hooks. The tests compare bytes.
 *
 * Times are int64 microseconds, counted as sim/num/simtime.h counts them; amounts in the row
 * are in the units that the schema declares.
 *
 * Floor 3, and the only header of `sweep` (with those it includes) that a model may include.
 */
#ifndef SIM_SWEEP_MODEL_H
#define SIM_SWEEP_MODEL_H

#include "sim/base/base.h"
#include "sim/base/err.h"
#include "sim/store/row.h"
#include "sim/store/schema.h"
#include "sim/sweep/option.h"
#include "sim/sweep/sink.h"

struct sim_diag; // sim/cfg/diag.h: the mistakes found, told together
struct sim_node; // sim/cfg/tree.h: where something stands in a file
struct json_t;   // <jansson.h>: only for a model that answers --json

/** What to load, as the command line or a study says it: the base, then the design, then the
 * overrides. */
struct sim_model_source {
    const char *path;             // the park file
    const void *base;             // what `open` gave for it; NULL: read it now
    const char *const *overrides; // "PATH=VALUE", in the order given: later ones win
    int override_count;
    const char *const *vias; // who says each: "axis yard (study.cfg:15)"; NULL: all "--set"
    const char *design;      // "shared"; NULL or "base": the file without any design
    const char *until;       // local date that replaces the end of the park; NULL: as the file says
    bool has_seed;           // `seed` replaces the one of the park
    uint64_t seed;
};

/** One number of each run that a study asks for, as its file says it. The model knows what `of`
 * may be ("environment.co2e"), and what `where` and `stream` narrow it to. */
struct sim_response {
    const char *name;            // the variable of the results: "co2"
    const char *title;           // for people; NULL: the name
    const char *of;              // "environment.co2e"
    const char *where;           // an entity: "mill"; NULL: the whole park
    const char *stream;          // NULL: all
    const char *unit;            // it is told in: "t/year"; NULL: what the model takes
    const struct sim_node *node; // of the study file, for mistakes; NULL: none
};

/** What is wanted of each run besides what is always stored. */
struct sim_model_want {
    const struct sim_response *responses;
    int response_count;
    const char *const *store; // series: "all", "responses" (none), "flows", "levels of mill.yard";
    int store_count;          // 0: as the park says
    bool is_exact;            // series as float64 too
    bool is_varied;           // axes change values from run to run
};

/** What the engine asks of loaded data. */
struct sim_model_facts {
    const char *title; // UTF-8; may be ""
    uint64_t seed;     // as the park or `--seed` says
    int64_t start_us;  // [us] where the run starts, warm-up included; local wall clock
    int64_t until_us;  // [us] where it ends
};

/** One run to make: everything that its result may depend on besides the data. */
struct sim_trial {
    int64_t run;   // [-] its number in the plan, from 0; only a name, draws are not keyed by it
    int64_t point; // [-] design x axis values, from 0
    int64_t replication; // [-] from 0; keys the random numbers together with `seed`
    uint64_t seed;       // master seed of the study
    bool antithetic;     // uniforms u become 1 - u
};

/** What a run may call while it runs. It must not change any result. */
struct sim_model_hooks {
    const struct sim_sink
        *trace; // lines of the trace, UTF-8, each ends with \n; NULL: no trace wanted
    void (*tick)(void *user, int64_t now_us,
                 int64_t events);   // cheap: call it every thousand events or so
    bool (*is_stopped)(void *user); // ask as often as tick; true: return SIM_STOPPED soon
    void *user;
};

/** How a run ended, well or not. */
struct sim_model_end {
    int64_t events;     // [-] handled
    int64_t reached_us; // [us] the local instant it came to
};

/** What came out of all runs, for the summaries. */
struct sim_outcome {
    const struct sim_schema *schema;
    const struct sim_row
        *mean; // totals row: means over the runs that went well; ints: of the first one
    const struct sim_row *half_width; // totals row: 95 % half-widths; NaN with fewer than 2 runs
    const struct sim_row *largest;    // totals row: largest magnitude in any run; NULL: not known
    int64_t runs;                     // [-] planned
    int64_t ok;                       // [-] went well
    int64_t failed;                   // [-] could not go on
    const char *path;                 // the results file; NULL: none was asked for
};

/** A call of one of the model's own commands. */
struct sim_model_call {
    const struct sim_model *model;
    struct sim_option_args *args;   // parsed; positional 0 is PARK when the command loads one
    const void *data;               // loaded park, or NULL when the command loads none
    const struct sim_sink *out;     // standard output: data
    const struct sim_sink *note;    // standard error: messages
    char *(*study_reference)(void); // the tables of the study file in Markdown, for a reference of
                                    // all; owned by the caller (free)
};

/** A command that lives with the model: `show`, `why`, ... */
struct sim_model_command {
    const char *name;    // "show"
    const char *usage;   // what follows the name: "PARK [PATH]"
    const char *help;    // one line: "print the park as resolved"
    const char *details; // paragraphs under the options in --help; NULL: none
    const struct sim_option
        *options;       // its own, ended by SIM_OPTION_END; --help and --set are added
    bool loads_park;    // load positional 0 with --set first, and tell its mistakes
    int positional_min; // [-] PARK included
    int positional_max;
    enum sim_status (*act)(const struct sim_model_call *call, struct sim_err *err);
};

struct sim_reader_expected;
struct sim_export;     // sim/export/export.h: a results file that is read
struct sim_export_csv; // likewise: the table that is written

/** Write a heading and all rows; none at all where the file has nothing of it. */
typedef enum sim_status sim_model_fill(struct sim_export *x, struct sim_export_csv *c,
                                       struct sim_err *err);

/** A table that `export` writes of a model's results. */
struct sim_model_table {
    const char *name;   // "flows": what --what asks for, and the file's name
    const char *about;  // for --help: lines of 79 columns less 14
    const char *absent; // "it has no flows": where the file has none of it
    sim_model_fill *fill;
};

struct sim_model {
    const char *program; // "ecopark": the name in help texts, --version and the file's `source`
    const char *version; // "0.1.0"; NULL: sim_base_version(), which tells the commit too
    const char *about;   // one line for --help
    const char *thing;   // what a file describes, for usage lines: "PARK"

    /** Read a park file once, for many loads: the tree as written, with all its designs. Const, and
     * shared by all threads. Mistakes as in `load`. */
    enum sim_status (*open)(const char *path, struct sim_diag *diag, void **out_base,
                            struct sim_err *err);
    void (*close)(void *base); // NULL is fine

    /** Name of the i-th design of a base, in the order written; NULL after the last. "base" itself
     * is not among them. */
    const char *(*design)(const void *base, int i);

    /** Read a file and its overrides into const data. Mistakes that have a place go to `diag`, all
     * of them; the status is then SIM_INPUT, or SIM_MISSING where only an input is missing, and
     * `err` may stay empty. Warnings in `diag` alone do not stop it. Any thread may call it, with a
     * `diag` of its own. */
    enum sim_status (*load)(const struct sim_model_source *source, struct sim_diag *diag,
                            void **out_data, struct sim_err *err);
    void (*unload)(void *data); // NULL data is fine

    void (*facts)(const void *data, struct sim_model_facts *out);

    /** Path of the i-th file that was read, besides the one that was named; NULL after the last.
     * They must not be overwritten. May be NULL. */
    const char *(*input)(const void *data, int i);

    /** A text that two loads share just when every run of them gives the same: the park as
     * resolved, without what a title or a comment says, and the fingerprints of the other files
     * that were read. Owned by the caller (free). */
    char *(*identity)(const void *data);

    /** Declare clock, axes, variables, inputs. `data` are all designs of a study (one for a single
     * run): entity axes are their union. Variable numbers may be found again by name. `want` says
     * what a study asks for, NULL: nothing; each response becomes a float64 variable of scope RUN
     * of that name, summarised. What is wrong with it goes to `diag`, all of it (NULL without
     * `want`). */
    enum sim_status (*declare)(const void *const *data, int data_count,
                               const struct sim_model_want *want, struct sim_diag *diag,
                               struct sim_schema *out, struct sim_err *err);

    /** Would runs of `data` fit into results that were declared of `first`, which differs from it
     * by one override? SIM_INPUT with what a results file has but once ("all runs of a study share
     * this: park.until"). NULL: whatever an axis of a study changes fits. */
    enum sim_status (*fit)(const void *data, const void *first, const struct sim_schema *schema,
                           struct sim_err *err);

    /** Fill the variables of scope POINT for one point; NULL when there are none. */
    void (*point)(const void *data, const struct sim_schema *schema, struct sim_row *row);

    /** All memory of a run; all are borrowed until state_destroy. No results are kept in it. The
     * data may lack what the schema has (another design has it), and a state for data that have
     * what the schema lacks is NULL, with the reason in `err`. `want`: as declared. */
    void *(*state_create)(const void *data, const struct sim_schema *schema,
                          const struct sim_model_want *want, struct sim_err *err);
    void (*state_destroy)(void *state); // NULL is fine

    /** Make one run, from a reset state. `row` is reset; fill it. `*out_end` is zero; fill it too,
     * whatever the status. SIM_FAILED with the reason in `err` when the run cannot go on (the sweep
     * continues), SIM_STOPPED when the hook said so; the row is then ignored. */
    enum sim_status (*run)(void *state, const struct sim_trial *trial,
                           const struct sim_model_hooks *hooks, struct sim_row *row,
                           struct sim_model_end *out_end, struct sim_err *err);

    /** What a person wants to read at the end: largest flows, balances, unserved, disposed,
     * warnings. May be NULL. */
    void (*summary_text)(const void *data, const struct sim_outcome *outcome,
                         const struct sim_sink *out);

    /** The model's part of the object that `run --json` prints: `flows`, `balance`, `unserved`. The
     * engine adds `events`, `wall_s`, `peak_mb`, `seed`, `version`, `runs`. May be NULL. */
    void (*summary_json)(const void *data, const struct sim_outcome *outcome,
                         struct json_t *object);

    /** What `check --json` and `check` say of a park without mistakes; may be NULL. */
    void (*check_text)(const void *data, const struct sim_sink *out);
    void (*check_json)(const void *data, struct json_t *object);

    const struct sim_model_command *commands; // its own, `command_count` of them; may be NULL
    int command_count;

    const struct sim_model_table *tables; // of its results, besides series and runs; may be NULL
    int table_count;
    const struct sim_reader_expected *expected; // what the tables read by name (sim/store/reader.h)
    int expected_count;
    struct sim_schema_names reserved; // names that the results take for themselves
    const char *series_from; // "record.what of the park": what says which series are kept; or NULL
};

#endif
