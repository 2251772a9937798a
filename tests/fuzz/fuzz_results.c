// Whatever a results file or a folder of parts holds: info, export, compare and merge read it or
// refuse it (65), and do nothing else. A small study is swept once; each input then changes its
// file through HDF5 (shape, type, length, attribute, link), or flips raw bytes, which the seal must
// find.
//
// The first byte says how: even, changes through HDF5, six bytes each: what, which object, and four
// that say how; odd, flips of three bytes: where (two), and with what. 1, 5, ... flip bytes of the
// results file, 3, 7, ... those of card.json and of a block of runs.
#include "models/park/park_model.h"
#include "sim/base/file.h"
#include "sim/base/vec.h"
#include "sim/cli/cli.h"

#include <hdf5.h>

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char park[] =
    "format = 1; park = { title = \"F\"; start = \"2026-01-05\"; until = \"2026-01-06\"; "
    "utc_offset = "
    "\"+00:00\"; seed = 1; record = { every = \"6 h\"; }; };\n"
    "economy = { currency = \"EUR\"; };\n"
    "streams = { raw = { unit = \"m3\"; kind = \"material\"; }; water = { unit = \"m3\"; kind = "
    "\"water\"; density = \"1 t/m3\"; }; waste = { unit = \"t\"; kind = \"waste\"; }; };\n"
    "firms = { works = { processes = { mill = { kind = \"continuous\"; product = \"water\"; "
    "capacity = "
    "\"4 m3/h\"; inputs = { raw = \"1 m3/m3\"; }; outputs = { waste = { amount = \"0.5 t/m3\"; to "
    "= "
    "\"yard\"; }; }; }; }; stocks = { yard = { stream = \"waste\"; capacity = \"5 t\"; full = "
    "\"dump\"; }; }; }; };\n"
    "markets = { river = { sells = { raw = { price = \"1 EUR/m3\"; }; }; }; town = { buys = { "
    "water = { "
    "price = \"3 EUR/m3\"; }; }; }; dump = { disposes = { waste = { fate = \"landfill\"; price = "
    "\"-2 EUR/t\"; }; }; }; };\n";
static const char study[] = "format = 1; park = \"park.cfg\";\n"
                            "study = { replications = 2; axes = { cap = { path = "
                            "\"firms.works.processes.mill.capacity\"; values "
                            "= ( \"4 m3/h\", \"5 m3/h\" ); }; }; responses = { paid = { of = "
                            "\"money.operating_cost\"; }; }; };\n";

static char folder[64];
static char *base; // of the results file
static size_t base_length;
static char *card;
static size_t card_length;
static char *block;
static size_t block_length;
static SIM_VEC(char *) objects; // paths within the file

static char *in_folder(const char *name)
{
    return sim_base_format("%s/%s", folder, name);
}

static void write_file(const char *name, const void *bytes, size_t length)
{
    char *path = in_folder(name);
    FILE *file = fopen(path, "w");

    SIM_REQUIRE(file != NULL && fwrite(bytes, 1, length, file) == length && fclose(file) == 0,
                "the folder can be written");
    free(path);
}

static void read_file(const char *name, char **out, size_t *out_length)
{
    char *path = in_folder(name);
    struct sim_err err = {0};

    SIM_REQUIRE(sim_file_read(path, (size_t)1 << 26, out, out_length, &err) == SIM_OK,
                "what was made can be read");
    free(path);
}

/** Call the program in the folder, without a word. */
static int call(const char *a, const char *b, const char *c, const char *d)
{
    char *words[] = {strdup("ecopark"), strdup(a), strdup(b), strdup(c), strdup(d), NULL};
    const int out = dup(1);
    const int note = dup(2);
    const int nowhere = open("/dev/null", O_WRONLY);
    int count = 1;

    (void)fflush(stdout);
    (void)dup2(nowhere, 1);
    (void)dup2(nowhere, 2);
    while (count < 5 && words[count][0] != '\0') {
        count++;
    }
    const int code = sim_cli_main(count, words, &park_park_model);

    (void)fflush(stdout);
    (void)dup2(out, 1);
    (void)dup2(note, 2);
    (void)close(out);
    (void)close(note);
    (void)close(nowhere);
    for (int i = 0; i < 5; i++) {
        free(words[i]);
    }
    return code;
}

static herr_t keep_object(hid_t at, const char *name, const H5O_info_t *info, void *user)
{
    (void)at;
    (void)info;
    (void)user;
    SIM_VEC_PUSH(&objects, sim_base_strdup(name));
    return 0;
}

static void remove_all(void)
{
    char *command = sim_base_format("rm -rf %s", folder);

    (void)!system(command);
    free(command);
}

static void prepare(void)
{
    (void)snprintf(folder, sizeof(folder), "%s/fuzz_results_XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    SIM_REQUIRE(mkdtemp(folder) != NULL && atexit(remove_all) == 0 && chdir(folder) == 0,
                "there is a folder");
    write_file("park.cfg", park, strlen(park));
    write_file("study.cfg", study, strlen(study));
    SIM_REQUIRE(call("sweep", "study.cfg", "-obase.h5", "--keep-parts") == 0, "the study is sound");
    read_file("base.h5", &base, &base_length);
    read_file("base.h5.parts/card.json", &card, &card_length);
    read_file("base.h5.parts/shard-1-of-1-000001.runs", &block, &block_length);
    const hid_t file = H5Fopen("base.h5", H5F_ACC_RDONLY, H5P_DEFAULT);

    SIM_REQUIRE(H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, keep_object, NULL, H5O_INFO_BASIC) >= 0,
                "its objects have names");
    (void)H5Fclose(file);
}

// ---- changes through HDF5 ----

static hid_t text_of(size_t length)
{
    const hid_t type = H5Tcopy(H5T_C_S1);

    (void)H5Tset_size(type, length == 0 ? H5T_VARIABLE : length);
    return type;
}

/** One of many types; to be closed. */
static hid_t some_type(uint8_t which)
{
    switch (which % 16) {
    case 0:
        return H5Tcopy(H5T_IEEE_F64LE);
    case 1:
        return H5Tcopy(H5T_IEEE_F32BE);
    case 2:
        return H5Tcopy(H5T_STD_I64LE);
    case 3:
        return H5Tcopy(H5T_STD_I8LE);
    case 4:
        return H5Tcopy(H5T_STD_U16BE);
    case 5:
        return text_of(0);
    case 6:
        return text_of(1);
    case 7:
        return text_of(64);
    case 8:
        return text_of(100000);
    case 9:
        return H5Tcreate(H5T_OPAQUE, 7);
    case 10:
        return H5Tcopy(H5T_STD_REF_OBJ);
    case 11:
        return H5Tvlen_create(H5T_STD_REF_OBJ);
    case 12:
        return H5Tvlen_create(H5T_NATIVE_INT);
    case 13:
        return H5Tenum_create(H5T_NATIVE_SCHAR);
    case 14: {
        const hid_t type = H5Tcreate(H5T_COMPOUND, 16);

        (void)H5Tinsert(type, "run", 0, H5T_STD_I64LE);
        (void)H5Tinsert(type, "point", 8, H5T_STD_I64LE);
        return type;
    }
    default: {
        const hid_t type = H5Tcopy(H5T_STD_I64LE);

        (void)H5Tset_precision(type, 13);
        return type;
    }
    }
}

static hid_t some_space(uint8_t which, uint8_t lengths)
{
    static const hsize_t all[] = {0, 1, 2, 3, 4, 5, 1000, 1 << 20, (hsize_t)1 << 40};
    hsize_t dims[7];
    const int rank = which % 8;

    if (rank == 7) {
        return H5Screate(H5S_NULL);
    }
    for (int i = 0; i < rank; i++) {
        dims[i] = all[(size_t)(lengths + i * (1 + which / 8)) % SIM_COUNT(all)];
    }
    return rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, dims, NULL);
}

/** A dataset of another kind in place of one; small ones are filled. */
static void replace(hid_t file, const char *name, const uint8_t *how)
{
    const hid_t type = some_type(how[0]);
    const hid_t space = some_space(how[1], how[2]);
    const hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[7] = {1, 2, 2, 2, 2, 2, 2};
    const hssize_t count = H5Sget_simple_extent_npoints(space);

    if (how[3] % 3 == 0 && H5Sget_simple_extent_ndims(space) > 0) {
        (void)H5Pset_chunk(plist, H5Sget_simple_extent_ndims(space), chunk);
        (void)H5Pset_deflate(plist, 1);
    }
    (void)H5Ldelete(file, name, H5P_DEFAULT);
    const hid_t made = H5Dcreate2(file, name, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    const bool is_plain = how[0] % 16 < 5 || how[0] % 16 == 6 || how[0] % 16 == 7;

    if (made >= 0 && is_plain && count > 0 && count <= 4096) {
        void *bytes = sim_base_alloc((size_t)count, H5Tget_size(type));

        memset(bytes, how[3], (size_t)count * H5Tget_size(type));
        (void)H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes);
        free(bytes);
    }
    (void)H5Dclose(made);
    (void)H5Pclose(plist);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
}

static void write_attr(hid_t file, const char *name, const uint8_t *how)
{
    static const char *const names[] = {
        "units",   "long_name",      "CLASS", "NAME",   "DIMENSION_LIST", "REFERENCE_LIST",
        "sampler", "ecopark_format", "ended", "better", "random",         "baseline"};
    static const char *const texts[] = {"DIMENSION_SCALE",          "1.0",       "2.7", "complete",
                                        "seconds since 2026-13-45", "antithetic"};
    const char *attr_name = names[how[0] % SIM_COUNT(names)];
    const hid_t object = H5Oopen(file, how[0] % 5 == 0 ? "/" : name, H5P_DEFAULT);
    const hid_t type = how[1] % 2 == 0 ? text_of(strlen(texts[how[2] % SIM_COUNT(texts)]))
                                       : some_type((uint8_t)(how[1] / 2));
    const hid_t space = how[1] % 2 == 0 ? H5Screate(H5S_SCALAR) : some_space(how[2], how[3]);

    if (object >= 0) {
        (void)H5Adelete(object, attr_name);
        const hid_t attr = H5Acreate2(object, attr_name, type, space, H5P_DEFAULT, H5P_DEFAULT);

        if (attr >= 0 && how[1] % 2 == 0) {
            (void)H5Awrite(attr, type, texts[how[2] % SIM_COUNT(texts)]);
        }
        (void)H5Aclose(attr);
    }
    (void)H5Oclose(object);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
}

/** One number everywhere. */
static void overwrite(hid_t file, const char *name, const uint8_t *how)
{
    static const double numbers[] = {0, -1, 1, 2, 1e9, 1e18, 1e300, -1e300, 0.5, NAN, INFINITY};
    const hid_t object = H5Oopen(file, name, H5P_DEFAULT);
    const bool is_data = object >= 0 && H5Iget_type(object) == H5I_DATASET;
    const hid_t space = is_data ? H5Dget_space(object) : -1;
    const hssize_t count = is_data ? H5Sget_simple_extent_npoints(space) : 0;
    double *values = sim_base_alloc((size_t)(count > 0 && count < 4096 ? count : 0) + 1, 8);

    for (hssize_t i = 0; i < count && count < 4096; i++) {
        values[i] = numbers[(size_t)(how[0] + i * how[1]) % SIM_COUNT(numbers)];
    }
    if (count > 0 && count < 4096) {
        (void)H5Dwrite(object, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    }
    free(values);
    (void)H5Sclose(space);
    (void)H5Oclose(object);
}

static void change(hid_t file, const uint8_t *op)
{
    const char *name = objects.data[op[1] % objects.count];
    const char *other = objects.data[op[2] % objects.count];

    switch (op[0] % 8) {
    case 0:
    case 1:
        replace(file, name, op + 2);
        break;
    case 2:
    case 3:
        write_attr(file, name, op + 2);
        break;
    case 4:
        overwrite(file, name, op + 2);
        break;
    case 5:
        (void)H5Ldelete(file, name, H5P_DEFAULT);
        break;
    case 6:
        (void)H5Ldelete(file, name, H5P_DEFAULT);
        (void)(op[3] % 3 == 0 ? H5Lcreate_hard(file, other, file, name, H5P_DEFAULT, H5P_DEFAULT)
               : op[3] % 3 == 1
                   ? H5Lcreate_soft(other, file, name, H5P_DEFAULT, H5P_DEFAULT)
                   : H5Lcreate_external("base.h5", other, file, name, H5P_DEFAULT, H5P_DEFAULT));
        break;
    default:
        replace(file, "failures/table", op + 2);
    }
}

static void change_all(const uint8_t *data, size_t size)
{
    write_file("x.h5", base, base_length);
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    const hid_t file = H5Fopen("x.h5", H5F_ACC_RDWR, H5P_DEFAULT);

    SIM_REQUIRE(file >= 0, "the file is sound");
    for (size_t at = 0; at + 6 <= size && at < 60; at += 6) {
        change(file, data + at);
    }
    (void)H5Fclose(file);
}

// ---- raw bytes ----

/** The bytes with some flipped; whether any is another now. */
static bool flip(char *bytes, size_t length, const uint8_t *data, size_t size)
{
    char *before = sim_base_alloc(length, 1);

    memcpy(before, bytes, length);
    for (size_t at = 0; at + 3 <= size; at += 3) {
        const size_t place = ((size_t)data[at] << 8U | data[at + 1]) * 7919U % length;

        bytes[place] = (char)(bytes[place] ^ (char)data[at + 2]);
    }
    const bool is_other = memcmp(before, bytes, length) != 0;

    free(before);
    return is_other;
}

static void write_flipped(const char *name, const char *bytes, size_t length, const uint8_t *data,
                          size_t size, bool *is_other)
{
    char *copy = sim_base_alloc(length, 1);

    memcpy(copy, bytes, length);
    *is_other = flip(copy, length, data, size);
    write_file(name, copy, length);
    free(copy);
}

static void read_sound(int code)
{
    SIM_REQUIRE(code == 0 || code == 65, "a results file is read or refused");
}

static void read_results(void)
{
    read_sound(call("info", "x.h5", "", ""));
    read_sound(call("info", "x.h5", "--verify", ""));
    read_sound(call("info", "x.h5", "--json", ""));
    read_sound(call("export", "x.h5", "-o", "tables"));
    read_sound(call("compare", "x.h5", "", ""));
}

/** All but the seal's own bytes are summed up; without its mark a file has no seal, and is sound.
 */
static void read_flipped(const uint8_t *data, size_t size)
{
    bool is_other = false;
    size_t length = 0;
    char *bytes = NULL;

    write_flipped("x.h5", base, base_length, data, size, &is_other);
    read_file("x.h5", &bytes, &length);
    const bool is_sound = memcmp(bytes, base, base_length - 64) == 0;
    const bool has_mark = memcmp(bytes + length - 64, base + base_length - 64, 24) == 0;

    free(bytes);
    if (has_mark || is_sound) {
        const int code = call("info", "x.h5", "--verify", "");

        SIM_REQUIRE(code == (is_other && has_mark ? 65 : 0), "a byte that is another is found");
        read_results();
    }
}

static void merge_flipped(const uint8_t *data, size_t size)
{
    bool is_card = false;
    bool is_block = false;
    char *merged = NULL;
    size_t length = 0;

    write_flipped("base.h5.parts/card.json", card, card_length, data, size % 4 == 0 ? 0 : size,
                  &is_card);
    write_flipped("base.h5.parts/shard-1-of-1-000001.runs", block, block_length, data, size,
                  &is_block);
    (void)unlink("m.h5");
    const int code = call("merge", "base.h5.parts", "-om.h5", "--keep");

    SIM_REQUIRE(code == (is_card || is_block ? 65 : 0), "parts that are others are refused");
    SIM_REQUIRE(code == 0 || access("m.h5", F_OK) != 0, "what is refused writes nothing");
    if (code == 0) {
        read_file("m.h5", &merged, &length);
        free(merged);
    }
    (void)unlink("base.h5.parts/shard-1-of-1-000001.runs.bad");
}

/** In the folder of the test. */
static void try_one(const uint8_t *data, size_t size)
{
    if (data[0] % 2 == 0) {
        change_all(data + 1, size - 1);
        read_results();
    } else if (data[0] % 4 == 1) {
        read_flipped(data + 1, size - 1);
    } else {
        merge_flipped(data + 1, size - 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int here = open(".", O_RDONLY | O_DIRECTORY);

    if (base == NULL) {
        prepare();
    }
    SIM_REQUIRE(chdir(folder) == 0, "the folder is there");
    if (size > 0) {
        try_one(data, size);
    }
    SIM_REQUIRE(fchdir(here) == 0, "the folder before is there");
    (void)close(here);
    return 0;
}
