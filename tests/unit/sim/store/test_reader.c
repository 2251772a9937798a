#include "sim/base/file.h"
#include "sim/store/reader.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <hdf5.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void write_plain_hdf5(const char *path, const char *format)
{
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

    if (format != NULL) {
        const hid_t space = H5Screate(H5S_SCALAR);
        const hid_t type = H5Tcopy(H5T_C_S1);

        cr_assert(ge(int, H5Tset_size(type, H5T_VARIABLE), 0));
        const hid_t attr =
            H5Acreate2(file, "ecopark_format", type, space, H5P_DEFAULT, H5P_DEFAULT);

        cr_assert(ge(int, H5Awrite(attr, type, &format), 0));
        cr_assert(ge(int, H5Aclose(attr), 0));
        cr_assert(ge(int, H5Tclose(type), 0));
        cr_assert(ge(int, H5Sclose(space), 0));
    }
    cr_assert(ge(int, H5Fclose(file), 0));
}

static enum sim_status try_open(const char *path, struct sim_err *err)
{
    struct sim_reader *r = NULL;
    const enum sim_status status = sim_reader_open(path, &r, err);

    sim_reader_close(r);
    return status;
}

Test(reader, tells_a_missing_file_from_a_wrong_one)
{
    char path[64];
    struct sim_err err = {0};

    (void)snprintf(path, sizeof(path), "/tmp/ecopark_reader_%d.h5", (int)getpid());
    cr_assert(eq(int, (int)try_open("/tmp/no/such/file.h5", &err), SIM_MISSING));
    cr_assert(eq(int, (int)sim_file_write(path, "not hdf5", 8, &err), SIM_OK));
    cr_assert(eq(int, (int)try_open(path, &err), SIM_INPUT));
    write_plain_hdf5(path, NULL);
    cr_assert(eq(int, (int)try_open(path, &err), SIM_INPUT));
    cr_assert(strstr(err.text, "not a results file") != NULL);
    write_plain_hdf5(path, "2.0");
    cr_assert(eq(int, (int)try_open(path, &err), SIM_INPUT));
    cr_assert(strstr(err.text, "2.0") != NULL && strstr(err.text, "1.x") != NULL, "%s", err.text);
    write_plain_hdf5(path, "1.7");
    cr_assert(eq(int, (int)try_open(path, &err), SIM_OK));
    (void)unlink(path);
}

/* Made by the toy model when format 1.0 was current; it is never made anew. */
Test(reader, reads_files_of_format_1_0)
{
    const int64_t start[] = {2, 1, 0};
    const int64_t count[] = {1, 1, 3};
    const struct sim_reader_failure *failures = NULL;
    struct sim_err err = {0};
    struct sim_reader *r = NULL;
    double distance[3] = {0};
    double way[3] = {0};
    int failure_count = 0;

    cr_assert(
        eq(int, (int)sim_reader_open("tests/unit/sim/store/results_1_0.h5", &r, &err), SIM_OK),
        "%s", err.text);
    const int response = sim_reader_find(r, "", "distance");
    const int series = sim_reader_find(r, "", "way");

    cr_assert(eq(int, (int)sim_reader_numbers(r, response, NULL, NULL, distance, &err), SIM_OK));
    cr_assert(eq(int, (int)sim_reader_numbers(r, series, start, count, way, &err), SIM_OK));
    cr_assert(eq(int, (int)sim_reader_failures(r, &failures, &failure_count, &err), SIM_OK));

    cr_assert(eq(str, (char *)sim_reader_attr(r, "", "title"), "Fixture của định dạng 1.0"));
    const int status = sim_reader_find(r, "", "status");
    cr_assert(
        eq(str, (char *)sim_reader_var_attr(r, status, "flag_meanings"), "ok failed skipped"));
    cr_assert(sim_reader_var_attr(r, status, "no_such") == NULL);
    cr_assert(eq(str, (char *)sim_reader_var_at(r, series)->dim_names[2], "time"));
    cr_assert(eq(dbl, distance[2], 3.541071364340715));
    cr_assert(isnan(distance[1]));
    cr_assert(eq(dbl, way[0], 0.8205891251564026));
    cr_assert(eq(str, (char *)failures[0].reason, "lost its way in Đồng Nai"));
    cr_assert(eq(int, failure_count, 1));
    sim_reader_close(r);
}
