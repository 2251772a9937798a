// SPDX-License-Identifier: MIT
// Series of a real park, recorded by the hour, into an HDF5 file: as our writer does it (shuffled
// and deflated by the worker with libdeflate, handed over with H5Dwrite_chunk) against H5Dwrite
// through HDF5's own filters shuffle and deflate, at that level of zlib whose file comes closest in
// size. Both make the same datasets with the same chunks; what is read back must be equal, byte by
// byte. Times are of the processor, in turns; nothing is flushed to the disk.
#include "models/park/park_model.h"
#include "sim/cfg/diag.h"
#include "sim/store/pack.h"
#include "sim/sweep/model.h"
#include "tests/bench/bench.h"
#include "tests/support/generated_park.h"

#include <hdf5.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    RUNS = 12,
    ROUNDS = 9,
    SERIES_MAX = 64
};

/** What is written: the series of some runs. */
struct load {
    void *park;
    struct sim_schema *schema;
    struct sim_row *rows[RUNS];
    int runs;
    int series[SERIES_MAX]; // variables of the schema
    int series_count;
    size_t bytes; // of all series of all runs, plain
};

/** A file with one dataset a series. */
struct file {
    hid_t file;
    hid_t sets[SERIES_MAX];
};

static void load_park(struct load *l, const char *park, const char *every)
{
    const struct sim_model_source source = {.path = park, .overrides = &every, .override_count = 1};
    struct sim_diag *d = sim_diag_create();
    struct sim_err err;
    SIM_REQUIRE(park_park_model.load(&source, d, &l->park, &err) == SIM_OK, "the park loads");
    sim_diag_destroy(d);
    const void *const data[] = {l->park};
    l->schema = sim_schema_create();
    SIM_REQUIRE(park_park_model.declare(data, 1, NULL, NULL, l->schema, &err) == SIM_OK,
                "the park says what its results are");
}

static void find_series(struct load *l)
{
    for (int v = 0; v < sim_schema_var_count(l->schema); v++) {
        if (sim_schema_var_at(l->schema, v)->scope == SIM_SCHEMA_SERIES) {
            SIM_REQUIRE(l->series_count < SERIES_MAX, "there are not so many series");
            l->series[l->series_count++] = v;
        }
    }
}

static void make_runs(struct load *l, int runs)
{
    struct sim_model_facts facts;
    struct sim_err err;
    void *state = park_park_model.state_create(l->park, l->schema, NULL, &err);
    park_park_model.facts(l->park, &facts);
    find_series(l);
    for (int r = 0; r < runs; r++) {
        const struct sim_trial trial = {.run = r, .replication = r, .seed = facts.seed};
        struct sim_model_end end = {.events = 0};
        struct sim_row *row = sim_row_create(l->schema, SIM_SCHEMA_RUN);
        sim_row_reset(row);
        SIM_REQUIRE(park_park_model.run(state, &trial, NULL, row, &end, &err) == SIM_OK,
                    "the park runs");
        for (int i = 0; i < l->series_count; i++) {
            l->bytes += sim_row_var_bytes(row, l->series[i]);
        }
        l->rows[l->runs++] = row;
    }
    park_park_model.state_destroy(state);
}

static void free_runs(struct load *l)
{
    for (int r = 0; r < l->runs; r++) {
        sim_row_destroy(l->rows[r]);
    }
    sim_schema_destroy(l->schema);
    park_park_model.unload(l->park);
}

static hid_t type_of(const struct load *l, int series)
{
    return sim_schema_var_at(l->schema, l->series[series])->type == SIM_SCHEMA_F32
               ? H5T_NATIVE_FLOAT
               : H5T_NATIVE_DOUBLE;
}

static struct file open_file(const struct load *l, const char *path, unsigned level)
{
    struct file f = {.file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)};
    SIM_REQUIRE(f.file >= 0, "the file can be made");
    for (int i = 0; i < l->series_count; i++) {
        struct sim_chunk_shape shape;
        hsize_t dims[SIM_CHUNK_MAX_RANK];
        hsize_t chunk[SIM_CHUNK_MAX_RANK];
        sim_pack_shape(l->schema, l->series[i], &shape);
        for (int d = 0; d < shape.rank; d++) {
            dims[d] = d == 0 ? (hsize_t)l->runs : (hsize_t)shape.dims[d];
            chunk[d] = (hsize_t)shape.chunk[d];
        }
        const hid_t space = H5Screate_simple(shape.rank, dims, NULL);
        const hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_chunk(plist, shape.rank, chunk);
        H5Pset_shuffle(plist);
        H5Pset_deflate(plist, level);
        H5Pset_fill_time(plist, H5D_FILL_TIME_NEVER);
        f.sets[i] = H5Dcreate2(f.file, sim_schema_var_at(l->schema, l->series[i])->name,
                               type_of(l, i), space, H5P_DEFAULT, plist, H5P_DEFAULT);
        SIM_REQUIRE(f.sets[i] >= 0, "the dataset can be made");
        H5Pclose(plist);
        H5Sclose(space);
    }
    return f;
}

static void close_file(const struct load *l, struct file *f)
{
    for (int i = 0; i < l->series_count; i++) {
        H5Dclose(f->sets[i]);
    }
    H5Fclose(f->file);
}

static const void *values_of(const struct load *l, int run, int series)
{
    size_t bytes = 0;
    return sim_row_bytes(l->rows[run], l->series[series], &bytes);
}

static int series_of_var(const struct load *l, int var)
{
    int i = 0;
    while (l->series[i] != var) {
        i++;
    }
    return i;
}

static double write_ours(const struct load *l, const char *path)
{
    struct file f = open_file(l, path, SIM_CHUNK_LEVEL);
    const double start = bench_cpu_seconds();
    for (int r = 0; r < l->runs; r++) {
        const struct sim_run_key key = {.run = r, .replication = r};
        struct sim_pack *p = sim_pack_create(l->schema, &key, l->rows[r]);
        for (int c = 0; c < p->chunks.count; c++) {
            const struct sim_pack_chunk *chunk = &p->chunks.data[c];
            hsize_t at[SIM_CHUNK_MAX_RANK];
            for (int d = 0; d < SIM_CHUNK_MAX_RANK; d++) {
                at[d] = (hsize_t)chunk->offset[d];
            }
            SIM_REQUIRE(H5Dwrite_chunk(f.sets[series_of_var(l, chunk->var)], H5P_DEFAULT, 0, at,
                                       chunk->length, chunk->bytes) >= 0,
                        "a chunk can be written");
        }
        sim_pack_destroy(p);
    }
    close_file(l, &f);
    return bench_cpu_seconds() - start;
}

/** Write or read one run of one series through HDF5's filters. */
static void move_run(const struct load *l, const struct file *f, int series, int run,
                     const void *values, void *out)
{
    const hid_t space = H5Dget_space(f->sets[series]);
    hsize_t dims[SIM_CHUNK_MAX_RANK];
    hsize_t first[SIM_CHUNK_MAX_RANK] = {(hsize_t)run};
    const int rank = H5Sget_simple_extent_dims(space, dims, NULL);
    dims[0] = 1;
    H5Sselect_hyperslab(space, H5S_SELECT_SET, first, NULL, dims, NULL);
    const hid_t memory = H5Screate_simple(rank, dims, NULL);
    const hid_t type = type_of(l, series);
    const herr_t moved = out == NULL
                             ? H5Dwrite(f->sets[series], type, memory, space, H5P_DEFAULT, values)
                             : H5Dread(f->sets[series], type, memory, space, H5P_DEFAULT, out);
    SIM_REQUIRE(moved >= 0, "HDF5 moves a run");
    H5Sclose(memory);
    H5Sclose(space);
}

static double write_filtered(const struct load *l, const char *path, unsigned level)
{
    struct file f = open_file(l, path, level);
    const double start = bench_cpu_seconds();
    for (int r = 0; r < l->runs; r++) {
        for (int i = 0; i < l->series_count; i++) {
            move_run(l, &f, i, r, values_of(l, r, i), NULL);
        }
    }
    close_file(l, &f);
    return bench_cpu_seconds() - start;
}

static void check(const struct load *l, const char *path)
{
    struct file f = {.file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT)};
    for (int i = 0; i < l->series_count; i++) {
        const char *name = sim_schema_var_at(l->schema, l->series[i])->name;
        f.sets[i] = H5Dopen2(f.file, name, H5P_DEFAULT);
        for (int r = 0; r < l->runs; r++) {
            const size_t bytes = sim_row_var_bytes(l->rows[r], l->series[i]);
            void *back = sim_base_alloc(bytes + 1, 1);
            move_run(l, &f, i, r, NULL, back);
            SIM_REQUIRE(memcmp(back, values_of(l, r, i), bytes) == 0,
                        "what was written is read back");
            free(back);
        }
    }
    close_file(l, &f);
}

static double size_of(const char *path)
{
    struct stat info;
    SIM_REQUIRE(stat(path, &info) == 0, "the file is there");
    return (double)info.st_size;
}

/** The level of zlib whose file comes closest in size. */
static unsigned level_like(const struct load *l, const char *path, double size)
{
    unsigned best = 1;
    double least = INFINITY;
    for (unsigned level = 1; level <= 9; level++) {
        write_filtered(l, path, level);
        const double off = fabs(size_of(path) - size);
        if (off < least) {
            least = off;
            best = level;
        }
    }
    return best;
}

static void tell(const char *group, const char *what, double value, const char *unit)
{
    char name[80];
    snprintf(name, sizeof name, "write/%s%s", group, what);
    bench_line(name, value, unit);
}

static void measure(const struct bench_opts *opts, const struct load *l, const char *group)
{
    char ours_path[] = "/tmp/ecopark_bench_XXXXXX";
    char theirs_path[] = "/tmp/ecopark_bench_XXXXXX";
    close(mkstemp(ours_path));
    close(mkstemp(theirs_path));
    write_ours(l, ours_path);
    check(l, ours_path);
    const double size = size_of(ours_path);
    const unsigned level = opts->quick ? 1 : level_like(l, theirs_path, size);
    double ours[ROUNDS];
    double ratios[ROUNDS];
    const int rounds = opts->quick ? 1 : ROUNDS;
    for (int i = 0; i < rounds; i++) {
        ours[i] = write_ours(l, ours_path);
        ratios[i] = write_filtered(l, theirs_path, level) / ours[i];
    }
    tell(group, "plain_mb", (double)l->bytes / 1e6, "MB");
    tell(group, "ours_mb", size / 1e6, "MB");
    tell(group, "filters_mb", size_of(theirs_path) / 1e6, "MB");
    tell(group, "filters_level", level, "-");
    tell(group, "ours_mb_per_s", (double)l->bytes / 1e6 / bench_median(ours, rounds), "MB/s");
    tell(group, "vs_filter_pipeline", bench_median(ratios, rounds), "x");
    unlink(ours_path);
    unlink(theirs_path);
}

static void measure_ulsan(const struct bench_opts *opts)
{
    struct load l = {.runs = 0};
    load_park(&l, ECO_CONFIGS "/ulsan.cfg", "park.record.every=1 h");
    make_runs(&l, opts->quick ? 1 : RUNS);
    measure(opts, &l, "");
    free_runs(&l);
}

/** Where much happens each day, there is little to compress. */
static void measure_generated(const struct bench_opts *opts)
{
    char folder[] = "/tmp/ecopark_bench_XXXXXX";
    struct generated_park_opts park = generated_park_opts_default();
    struct load l = {.runs = 0};
    struct sim_err err;
    char *path;
    park.days = opts->quick ? 5 : 365;
    SIM_REQUIRE(mkdtemp(folder) != NULL, "a folder can be made");
    SIM_REQUIRE(generated_park_write(folder, &park, &path, &err) == SIM_OK, "the park is written");
    load_park(&l, path, "park.record.every=1 day");
    make_runs(&l, opts->quick ? 1 : RUNS);
    measure(opts, &l, "generated/");
    free_runs(&l);
    generated_park_remove(folder);
    free(path);
}

void bench_write_run(const struct bench_opts *opts)
{
    measure_ulsan(opts);
    measure_generated(opts);
}
