/** @file
 * The inside of a writer, for the files of `store` alone.
 */
#ifndef SIM_STORE_WRITER_PRIV_H
#define SIM_STORE_WRITER_PRIV_H

#include "sim/store/h5layout.h"
#include "sim/store/summary.h"
#include "sim/store/writer.h"

/** A dataset whose leading axis is run or point, written block by block. */
struct sim_writer_column {
    int var; // of the schema; -1: the engine's own
    hid_t dataset;
    struct sim_chunk_shape shape; // of one block: dims[0] = chunk[0] = its rows
    size_t row_bytes;
    unsigned char fill[8];
    unsigned char *block;
    int64_t first; // row that the block starts with; -1: the block is empty
};

/** Texts over the runs, written block by block. */
struct sim_writer_texts {
    int var; // static, over the points, whose values are spread; -1: the designs
    hid_t dataset;
    const char **block; // borrowed texts of SIM_H5LAYOUT_RUNS runs
    int64_t first;      // run that the block starts with
};

/** A static number of each point, spread over the runs. */
struct sim_writer_spread {
    int var;
    int column;
};

/** Where mean, half-width and count of a summarised variable go. */
struct sim_writer_means {
    int var;
    int mean;       // columns
    int half_width; //
    int n;          //
};

struct sim_writer_failure {
    int64_t run;
    int64_t point;
    char *when;
    char *reason;
};

struct sim_writer {
    const struct sim_schema *schema;
    struct sim_h5 h;
    struct sim_h5layout layout;
    struct sim_chunk_coder *coder;
    char *path;
    char *part;
    int claim; // holds the part; -1: it is not ours
    char *source;
    char *study_hash;
    char *content_hash; // NULL: not told
    const char *const *designs;
    const int32_t *point_design; // NULL: designs are of each point
    bool is_antithetic;
    uint64_t seed;
    SIM_VEC(struct sim_writer_column) columns;
    SIM_VEC(struct sim_writer_texts) texts;
    SIM_VEC(struct sim_writer_spread) spreads;
    SIM_VEC(struct sim_writer_means) means;
    SIM_VEC(struct sim_writer_failure) failures;
    int *column_of; // of each schema variable of scope RUN or POINT, else -1
    hid_t *series;  // dataset of each schema variable of scope SERIES, else -1
    int replication, run_point, status, events; // columns
    int64_t last_run;                           // -1: none yet
    int64_t last_point;                         // whose means are being made; -1: none yet
    struct sim_summary *summary;
    struct sim_row *mean;
    struct sim_row *half_width;
};

/** Write out the block that a column holds, if it holds one. */
void sim_writer_flush(struct sim_writer *w, struct sim_writer_column *c);

/** Write out blocks of texts until the block at hand holds `run`; the number of runs: all. Runs
 * that were left out have empty ones. */
void sim_writer_flush_texts(struct sim_writer *w, struct sim_writer_texts *t, int64_t run);

/** The design of a point; borrowed. */
const char *sim_writer_design(const struct sim_writer *w, int64_t point);

/** Write the means of the point whose runs were put last. */
void sim_writer_finish_point(struct sim_writer *w);

/** Fill what is common to all datasets of a variable. */
void sim_writer_describe(const struct sim_schema_var *var, struct sim_h5layout_array *a);

/** Free all memory. */
void sim_writer_destroy(struct sim_writer *w);

#endif
