/** @file
 * Tables for spreadsheets out of a results file: what the tables of `export` are made with. Which
 * there are, a model says (sim_model.tables); time series and runs are the engine's, of any model.
 *
 * Every table is a CSV file: commas, a decimal point, units in the header in brackets
 * ("mass in [t]") or, where rows differ, in a column `unit`; instants as "2026-01-31 06:00"; what
 * is absent is an empty cell. Text is UTF-8. Files begin with a byte order mark, because Excel
 * takes a file without one for the local code page and garbles every title that is not ASCII;
 * LibreOffice, pandas, readr and Ecopark itself skip it. The standard output gets none.
 *
 * Nothing is half-written: all tables asked for are written aside, flushed, and only then renamed.
 * Reading goes by blocks of runs, so memory does not grow with the study.
 *
 * Floor 4; a model may include it. One thread.
 */
#ifndef SIM_EXPORT_EXPORT_H
#define SIM_EXPORT_EXPORT_H

#include "sim/base/arena.h"
#include "sim/num/simtime.h"
#include "sim/store/reader.h"
#include "sim/sweep/sink.h"

// ---- one CSV file (export_csv.c) ----

struct sim_export_csv; // opaque: the open part file, and whether a row has begun

/** Begin to write `path` aside ("PATH.part"), with its folders made. SIM_WRITE. */
enum sim_status sim_export_csv_open(const char *path, bool has_mark, struct sim_export_csv **out,
                                    struct sim_err *err) SIM_MUST_USE;

/** The same into a sink (standard output), borrowed. */
struct sim_export_csv *sim_export_csv_to_sink(const struct sim_sink *sink);

/** One cell; NULL is an empty one. */
void sim_export_csv_text(struct sim_export_csv *c, const char *text);
/** A heading "name [unit]"; `unit` NULL, "" or "1": none. */
void sim_export_csv_heading(struct sim_export_csv *c, const char *name, const char *unit);
/** The shortest text that reads back as the same float64 (`is_single`: float32); NaN: empty. */
void sim_export_csv_number(struct sim_export_csv *c, double value, bool is_single);
void sim_export_csv_integer(struct sim_export_csv *c, int64_t value);
void sim_export_csv_row(struct sim_export_csv *c); // ends the row

int64_t sim_export_csv_rows(const struct sim_export_csv *c); // ended so far, without the heading

/** Flush to the disk; SIM_WRITE if anything failed since the start. */
enum sim_status sim_export_csv_finish(struct sim_export_csv *c, struct sim_err *err) SIM_MUST_USE;
/** After finish: give it its name. NULL is fine. */
enum sim_status sim_export_csv_commit(struct sim_export_csv *c, struct sim_err *err) SIM_MUST_USE;
/** Free; what was not committed is removed. NULL is fine. */
void sim_export_csv_close(struct sim_export_csv *c);

// ---- reading (export_read.c) ----

/** A results file being exported. Filled by sim_export_read_begin. */
struct sim_export {
    struct sim_reader *r;      // borrowed
    struct sim_arena *arena;   // owned: texts and numbers below
    int64_t run_count;         // [-]
    int64_t point_count;       // [-]
    const double *run_id;      // (run)
    const double *run_point;   // (run) index of the point
    const double *replication; // (run)
    const char **point_design; // (point); NULL: none
    int64_t only_run;          // index of the run asked for; -1: all
};

/** A variable (run, ...) read by blocks of runs. */
struct sim_export_block {
    int var;       // -1: there is none, and all is NaN
    int64_t width; // [-] values a run
    int64_t first; // [-] first run in `values`
    int64_t count; // [-] runs in `values`
    double *values;
};

enum sim_status sim_export_read_begin(struct sim_export *x, struct sim_reader *r,
                                      struct sim_err *err) SIM_MUST_USE;
void sim_export_read_end(struct sim_export *x);

/** All of a variable, in the arena; NULL in `out` when there is no such variable. */
enum sim_status sim_export_read_numbers(struct sim_export *x, const char *group, const char *name,
                                        const double **out, struct sim_err *err) SIM_MUST_USE;
enum sim_status sim_export_read_texts(struct sim_export *x, const char *group, const char *name,
                                      const char ***out, struct sim_err *err) SIM_MUST_USE;

/** Begin to read a variable run by run; it must have `width` values a run (SIM_INPUT). */
enum sim_status sim_export_read_block(const struct sim_export *x, const char *group,
                                      const char *name, int64_t width, struct sim_export_block *out,
                                      struct sim_err *err) SIM_MUST_USE;
/** The values of run `index`; borrowed until the next call with this block. */
enum sim_status sim_export_read_row(struct sim_export *x, struct sim_export_block *b, int64_t index,
                                    const double **out, struct sim_err *err) SIM_MUST_USE;
void sim_export_read_block_end(struct sim_export_block *b);

/** The runs to tell of: [*first, *end). */
void sim_export_read_runs(const struct sim_export *x, int64_t *first, int64_t *end);

/** "made_t" begins with "made_": "t"; NULL otherwise. */
const char *sim_export_read_suffix(const char *name, const char *prefix);

#endif
