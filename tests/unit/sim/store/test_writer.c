#include "sim/base/file.h"
#include "sim/store/reader.h"
#include "sim/store/writer.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PLACES = 3,
    DAYS = 4
};

static const char *const names[PLACES] = {"Biên Hòa", "mill", "vườn"};

struct fixture {
    char path[64];
    struct sim_schema *s;
    struct sim_err err;
    int total, by_place, series, present, empty, entries;
};

static struct fixture make(const char *name)
{
    static const double boundaries[DAYS + 1] = {0.0, 86400.0, 172800.0, 259200.0, 345600.0};
    struct fixture f = {.s = sim_schema_create()};
    struct sim_schema_var v = {.scope = SIM_SCHEMA_RUN, .is_summarised = true, .units = "t"};

    (void)snprintf(f.path, sizeof(f.path), "/tmp/ecopark_%s_%d.h5", name, (int)getpid());
    sim_schema_clock(f.s, "2026-01-01 00:00:00", "+07:00", boundaries, DAYS);
    const int place = sim_schema_axis(
        f.s, &(struct sim_schema_axis){.name = "place", .length = PLACES, .labels = names});
    const int none = sim_schema_axis(f.s, &(struct sim_schema_axis){.name = "none"});
    const int entry = sim_schema_axis(
        f.s, &(struct sim_schema_axis){.name = "entry", .group = "ledger", .length = 2});

    v.name = "total";
    f.total = sim_schema_var(f.s, &v);
    v.name = "by_place";
    v.dim_count = 1;
    v.dims[0] = place;
    f.by_place = sim_schema_var(f.s, &v);
    v.name = "empty";
    v.dims[0] = none;
    f.empty = sim_schema_var(f.s, &v);
    v.name = "quantity";
    v.group = "ledger";
    v.is_summarised = false;
    v.dims[0] = entry;
    f.entries = sim_schema_var(f.s, &v);
    f.present = sim_schema_var(f.s, &(struct sim_schema_var){.name = "present",
                                                             .type = SIM_SCHEMA_I8,
                                                             .scope = SIM_SCHEMA_POINT,
                                                             .dim_count = 1,
                                                             .dims = {place}});
    f.series = sim_schema_var(f.s, &(struct sim_schema_var){.name = "series",
                                                            .type = SIM_SCHEMA_F32,
                                                            .scope = SIM_SCHEMA_SERIES,
                                                            .dim_count = 2,
                                                            .dims = {place, SIM_SCHEMA_AXIS_TIME}});
    sim_schema_root_attr(f.s, "title", "Khu sinh thái");
    return f;
}

static void drop(struct fixture *f)
{
    (void)unlink(f->path);
    sim_schema_destroy(f->s);
}

static void fill(const struct fixture *f, struct sim_row *row, int64_t run)
{
    sim_row_reset(row);
    *sim_row_f64(row, f->total) = (double)run;
    for (int p = 0; p < PLACES - 1; p++) { // the last place is not there: NaN
        sim_row_f64(row, f->by_place)[p] = (double)run + 0.25 * p;
        for (int d = 0; d < DAYS; d++) {
            sim_row_put(row, f->series, p * DAYS + d, (double)(100 * run + 10 * p + d));
        }
    }
    sim_row_f64(row, f->entries)[1] = 2.0 * (double)run;
}

static struct sim_writer *open_writer(struct fixture *f, int64_t runs, int64_t points)
{
    const struct sim_writer_opts opts = {
        .source = "test 1", .seed = UINT64_MAX, .runs = runs, .points = points};
    struct sim_writer *w = NULL;

    cr_assert(eq(int, (int)sim_writer_open(f->s, f->path, &opts, &w, &f->err), SIM_OK), "%s",
              f->err.text);
    return w;
}

static void put(struct fixture *f, struct sim_writer *w, struct sim_pack *pack)
{
    cr_assert(eq(int, (int)sim_writer_put(w, pack, &f->err), SIM_OK), "%s", f->err.text);
    sim_pack_destroy(pack);
}

static void put_ok(struct fixture *f, struct sim_writer *w, int64_t run, int64_t point)
{
    struct sim_row *row = sim_row_create(f->s, SIM_SCHEMA_RUN);

    fill(f, row, run);
    put(f, w, sim_pack_create(f->s, &(struct sim_run_key){run, point, run}, row));
    sim_row_destroy(row);
}

static void close_writer(struct fixture *f, struct sim_writer *w, const char *ended)
{
    cr_assert(eq(int, (int)sim_writer_close(w, ended, NULL, 0, &f->err), SIM_OK), "%s",
              f->err.text);
}

static struct sim_reader *open_reader(struct fixture *f)
{
    struct sim_reader *r = NULL;

    cr_assert(eq(int, (int)sim_reader_open(f->path, &r, &f->err), SIM_OK), "%s", f->err.text);
    return r;
}

static double *read_all(struct fixture *f, struct sim_reader *r, const char *group,
                        const char *name)
{
    const int var = sim_reader_find(r, group, name);

    cr_assert(ge(int, var, 0), "%s is in the file", name);
    double *values = sim_base_alloc((size_t)sim_reader_size(r, var) + 1, sizeof(*values));

    cr_assert(eq(int, (int)sim_reader_numbers(r, var, NULL, NULL, values, &f->err), SIM_OK));
    return values;
}

static double read_one(struct fixture *f, struct sim_reader *r, const char *name, int64_t at)
{
    double *values = read_all(f, r, "", name);
    const double value = values[at];

    free(values);
    return value;
}

Test(writer, gives_back_totals_and_series)
{
    struct fixture f = make("roundtrip");
    struct sim_writer *w = open_writer(&f, 3, 1);

    for (int64_t run = 0; run < 3; run++) {
        put_ok(&f, w, run, 0);
    }
    close_writer(&f, w, "complete");
    struct sim_reader *r = open_reader(&f);
    double *series = read_all(&f, r, "", "series");
    double *entries = read_all(&f, r, "ledger", "quantity");

    cr_assert(eq(dbl, read_one(&f, r, "total", 2), 2.0));
    cr_assert(eq(dbl, read_one(&f, r, "by_place", 2 * PLACES + 1), 2.25));
    cr_assert(isnan(read_one(&f, r, "by_place", 2)));
    cr_assert(eq(dbl, series[(2 * PLACES + 1) * DAYS + 3], 213.0));
    cr_assert(isnan(series[(2 * PLACES + 2) * DAYS]));
    cr_assert(isnan(entries[0]));
    cr_assert(eq(dbl, entries[5], 4.0));
    cr_assert(eq(dbl, read_one(&f, r, "total_mean", 0), 1.0));
    cr_assert(eq(dbl, read_one(&f, r, "by_place_n", 2), 0.0));
    free(series);
    free(entries);
    sim_reader_close(r);
    drop(&f);
}

// What HDF5's own library of dimension scales makes of what is written without it.
Test(writer, attaches_scales_as_hdf5_has_them)
{
    struct fixture f = make("scales");
    struct sim_writer *w = open_writer(&f, 1, 1);
    put_ok(&f, w, 0, 0);
    close_writer(&f, w, "complete");

    const hid_t file = H5Fopen(f.path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t series = H5Dopen2(file, "series", H5P_DEFAULT);
    const hid_t run = H5Dopen2(file, "run", H5P_DEFAULT);
    const hid_t time = H5Dopen2(file, "time", H5P_DEFAULT);
    cr_assert(file >= 0 && series >= 0 && run >= 0 && time >= 0);
    cr_assert(eq(int, H5DSis_scale(run), 1));
    for (unsigned d = 0; d < 3; d++) {
        cr_assert(eq(int, H5DSget_num_scales(series, d), 1));
    }
    cr_assert(eq(int, H5DSis_attached(series, run, 0), 1));
    cr_assert(eq(int, H5DSis_attached(series, time, 2), 1));
    cr_assert(eq(int, H5DSis_attached(series, time, 0), 0));
    H5Dclose(series);
    H5Dclose(run);
    H5Dclose(time);
    H5Fclose(file);
    drop(&f);
}

Test(writer, seals_its_files)
{
    struct fixture f = make("sealed");
    struct sim_writer *w = open_writer(&f, 1, 1);
    put_ok(&f, w, 0, 0);
    close_writer(&f, w, "complete");

    cr_assert(eq(int, sim_reader_bears_seal(f.path), 1));
    cr_assert(eq(int, truncate(f.path, 1000), 0));
    cr_assert(eq(int, sim_reader_bears_seal(f.path), 0));
    drop(&f);
    cr_assert(eq(int, sim_reader_bears_seal("no such file"), 0));
}

Test(writer, reads_a_box_of_a_series)
{
    struct fixture f = make("box");
    struct sim_writer *w = open_writer(&f, 2, 1);
    const int64_t start[] = {1, 0, 1};
    const int64_t count[] = {1, 2, 2};
    double box[4] = {0};

    put_ok(&f, w, 0, 0);
    put_ok(&f, w, 1, 0);
    close_writer(&f, w, "complete");
    struct sim_reader *r = open_reader(&f);
    const int var = sim_reader_find(r, "", "series");

    cr_assert(eq(int, (int)sim_reader_numbers(r, var, start, count, box, &f.err), SIM_OK));
    cr_assert(eq(dbl, box[0], 101.0));
    cr_assert(eq(dbl, box[1], 102.0));
    cr_assert(eq(dbl, box[3], 112.0));
    sim_reader_close(r);
    drop(&f);
}

Test(writer, says_what_it_is)
{
    struct fixture f = make("attrs");

    close_writer(&f, open_writer(&f, 1, 1), "stopped");
    struct sim_reader *r = open_reader(&f);
    const int time = sim_reader_find(r, "", "time");
    const int series = sim_reader_find(r, "", "series");
    const char *labels[PLACES] = {NULL};

    cr_assert(eq(str, (char *)sim_reader_attr(r, "", "seed"), "18446744073709551615"));
    cr_assert(eq(str, (char *)sim_reader_attr(r, "", "title"), "Khu sinh thái"));
    cr_assert(eq(str, (char *)sim_reader_attr(r, "", "ended"), "stopped"));
    cr_assert(eq(str, (char *)sim_reader_attr(r, "", "axes"), "run, place, time"));
    cr_assert(
        eq(str, (char *)sim_reader_var_at(r, time)->units, "seconds since 2026-01-01 00:00:00"));
    cr_assert(eq(str, (char *)sim_reader_var_at(r, series)->dim_names[1], "place"));
    cr_assert(sim_reader_var_at(r, time)->is_axis);
    cr_assert(eq(
        int, (int)sim_reader_texts(r, sim_reader_find(r, "", "place"), NULL, NULL, labels, &f.err),
        SIM_OK));
    cr_assert(eq(str, (char *)labels[0], "Biên Hòa"));
    sim_reader_close(r);
    drop(&f);
}

Test(writer, tells_failed_and_skipped_runs)
{
    struct fixture f = make("failures");
    struct sim_writer *w = open_writer(&f, 3, 1);
    const struct sim_reader_failure *failures = NULL;
    int count = 0;

    put(&f, w, sim_pack_create_without(&(struct sim_run_key){0, 0, 0}, "tank bürst", "2026-02-01"));
    put_ok(&f, w, 1, 0);
    put(&f, w, sim_pack_create_without(&(struct sim_run_key){2, 0, 2}, NULL, NULL));
    close_writer(&f, w, "stopped");
    struct sim_reader *r = open_reader(&f);

    cr_assert(eq(dbl, read_one(&f, r, "status", 0), SIM_RUN_FAILED));
    cr_assert(eq(dbl, read_one(&f, r, "status", 1), SIM_RUN_OK));
    cr_assert(eq(dbl, read_one(&f, r, "status", 2), SIM_RUN_SKIPPED));
    cr_assert(isnan(read_one(&f, r, "total", 0)));
    cr_assert(eq(dbl, read_one(&f, r, "total_mean", 0), 1.0));
    cr_assert(eq(int, (int)sim_reader_failures(r, &failures, &count, &f.err), SIM_OK));
    cr_assert(eq(int, count, 1));
    cr_assert(eq(str, (char *)failures[0].reason, "tank bürst"));
    cr_assert(eq(str, (char *)failures[0].when, "2026-02-01"));
    sim_reader_close(r);
    drop(&f);
}

Test(writer, averages_each_point_for_itself)
{
    struct fixture f = make("points");
    struct sim_writer *w = open_writer(&f, 4, 2);
    struct sim_row *point = sim_row_create(f.s, SIM_SCHEMA_POINT);

    for (int64_t run = 0; run < 4; run++) {
        put_ok(&f, w, run, run / 2);
    }
    sim_row_put(point, f.present, 1, 1);
    cr_assert(eq(int, (int)sim_writer_point(w, 1, point, &f.err), SIM_OK));
    close_writer(&f, w, "complete");
    struct sim_reader *r = open_reader(&f);

    cr_assert(eq(dbl, read_one(&f, r, "total_mean", 0), 0.5));
    cr_assert(eq(dbl, read_one(&f, r, "total_mean", 1), 2.5));
    cr_assert(eq(dbl, read_one(&f, r, "total_n", 1), 2.0));
    cr_assert(eq(dbl, read_one(&f, r, "present", PLACES + 1), 1.0));
    cr_assert(eq(dbl, read_one(&f, r, "run_point", 3), 1.0));
    sim_row_destroy(point);
    sim_reader_close(r);
    drop(&f);
}

Test(writer, keeps_runs_apart_over_the_edge_of_a_block)
{
    struct fixture f = make("blocks");
    struct sim_writer *w = open_writer(&f, 5000, 1);

    for (int64_t run = 0; run < 5000; run += run == 10 ? 4080 : 1) { // a hole of skipped ones
        struct sim_row *row = sim_row_create(f.s, SIM_SCHEMA_RUN);

        *sim_row_f64(row, f.total) = (double)run;
        put(&f, w, sim_pack_create(f.s, &(struct sim_run_key){run, 0, run}, row));
        sim_row_destroy(row);
    }
    close_writer(&f, w, "complete");
    struct sim_reader *r = open_reader(&f);
    double *total = read_all(&f, r, "", "total");

    cr_assert(eq(dbl, total[10], 10.0));
    cr_assert(isnan(total[11]));
    cr_assert(eq(dbl, total[4095], 4095.0));
    cr_assert(eq(dbl, total[4096], 4096.0));
    cr_assert(eq(dbl, total[4999], 4999.0));
    free(total);
    sim_reader_close(r);
    drop(&f);
}

Test(writer, leaves_nothing_when_it_gives_up)
{
    struct fixture f = make("abandon");
    char *part = sim_file_part(f.path);

    sim_writer_abandon(open_writer(&f, 1, 1));

    cr_assert(not(sim_file_exists(f.path)));
    cr_assert(not(sim_file_exists(part)));
    free(part);
    drop(&f);
}

Test(writer, refuses_a_folder_or_a_device_as_target)
{
    static const char *const targets[] = {"/tmp", "/dev/null", "/proc/nowhere/x.h5"};
    struct fixture f = make("target");
    const struct sim_writer_opts opts = {.source = "test", .runs = 1, .points = 1};

    for (size_t i = 0; i < 3; i++) {
        struct sim_writer *w = NULL;

        cr_assert(eq(int, (int)sim_writer_open(f.s, targets[i], &opts, &w, &f.err), SIM_WRITE));
        cr_assert(w == NULL && strlen(f.err.text) > 10);
    }
    drop(&f);
}

enum {
    MANY = 3000,
    HOURS = 1000
};

Test(writer, cuts_a_large_series_into_chunks)
{
    struct fixture f = {.s = sim_schema_create()};
    double boundaries[HOURS + 1];
    const int64_t start[] = {0, 2095, 998};
    const int64_t count[] = {1, 4, 2}; // over the edge of a chunk
    double box[8] = {0};

    (void)snprintf(f.path, sizeof(f.path), "/tmp/ecopark_large_%d.h5", (int)getpid());
    for (int i = 0; i <= HOURS; i++) {
        boundaries[i] = 3600.0 * i;
    }
    sim_schema_clock(f.s, "2026-01-01 00:00:00", "+07:00", boundaries, HOURS);
    const int many =
        sim_schema_axis(f.s, &(struct sim_schema_axis){.name = "many", .length = MANY});

    f.series = sim_schema_var(f.s, &(struct sim_schema_var){.name = "large",
                                                            .type = SIM_SCHEMA_F32,
                                                            .scope = SIM_SCHEMA_SERIES,
                                                            .dim_count = 2,
                                                            .dims = {many, SIM_SCHEMA_AXIS_TIME}});
    struct sim_row *row = sim_row_create(f.s, SIM_SCHEMA_RUN);
    struct sim_writer *w = open_writer(&f, 1, 1);

    for (int64_t i = 0; i < MANY * HOURS; i++) {
        sim_row_put(row, f.series, i, (double)i);
    }
    put(&f, w, sim_pack_create(f.s, &(struct sim_run_key){0, 0, 0}, row));
    close_writer(&f, w, "complete");
    struct sim_reader *r = open_reader(&f);

    cr_assert(eq(
        int, (int)sim_reader_numbers(r, sim_reader_find(r, "", "large"), start, count, box, &f.err),
        SIM_OK));
    for (int i = 0; i < 8; i++) {
        cr_assert(eq(dbl, box[i], (2095.0 + i / 2) * HOURS + 998.0 + i % 2));
    }
    sim_row_destroy(row);
    sim_reader_close(r);
    drop(&f);
}
