#include "sim/compare/compare.h"

#include "sim/base/strtab.h"
#include "sim/base/vec.h"
#include "sim/compare/compare_priv.h"
#include "sim/num/units.h"

#include <stdlib.h>
#include <string.h>

#define MOST_REPLICATIONS 1e9 // [-] of a point
#define MOST_EMPTY        64  // [-] cells of points and replications for each run
#define MOST_SPARSE       1e7 // [-] places of a table of designs that may be empty in any file

// ---- the file ----

static enum sim_status read_numbers(struct sim_compare_file *f, const char *name,
                                    const double **out, struct sim_err *err)
{
    const int var = sim_reader_find(f->reader, "", name);
    if (var < 0 || sim_reader_var_at(f->reader, var)->type == SIM_SCHEMA_STRING) {
        return sim_err_set(err, SIM_INPUT, "%s: there is no '%s' in it", f->path, name);
    }
    double *numbers = SIM_ARENA_NEW(f->arena, double, sim_reader_size(f->reader, var) + 1);
    *out = numbers;
    return sim_reader_numbers(f->reader, var, NULL, NULL, numbers, err);
}

static enum sim_status read_texts(struct sim_compare_file *f, int var, const char *const **out,
                                  struct sim_err *err)
{
    const char **texts = SIM_ARENA_NEW(f->arena, const char *, sim_reader_size(f->reader, var) + 1);
    *out = texts;
    return sim_reader_texts(f->reader, var, NULL, NULL, texts, err);
}

/** The designs, in the order in which points have them. */
static enum sim_status read_designs(struct sim_compare_file *f, struct sim_err *err)
{
    const int var = sim_reader_find(f->reader, "", "point_design");
    const char *const *of_point = NULL;
    if (var < 0) {
        return sim_err_set(err, SIM_INPUT, "%s: there is no 'point_design' in it", f->path);
    }
    SIM_TRY(read_texts(f, var, &of_point, err));
    f->study.point_count = sim_reader_size(f->reader, var);
    const char **names = SIM_ARENA_NEW(f->arena, const char *, f->study.point_count + 1);
    int32_t *design = SIM_ARENA_NEW(f->arena, int32_t, f->study.point_count + 1);
    struct sim_strtab *known = sim_strtab_create();
    for (int64_t i = 0; i < f->study.point_count; i++) {
        design[i] = sim_strtab_intern(known, of_point[i]);
        names[design[i]] = of_point[i];
    }
    f->study.designs = names;
    f->study.design_count = sim_strtab_count(known);
    sim_strtab_destroy(known);
    f->study.point_design = design;
    return SIM_OK;
}

/** Tables over points and replications are made: in a study most of their cells have a run, and a
 * file that says otherwise would cost memory for nothing. */
static enum sim_status check_replications(const struct sim_compare_file *f, double most,
                                          struct sim_err *err)
{
    const double cells = (most + 1) * (double)f->study.point_count;
    if (cells > MOST_EMPTY * ((double)f->study.run_count + 1e6)) {
        return sim_err_set(
            err, SIM_INPUT, "%s: its replications go up to %.0f, with %lld runs of %lld points",
            f->path, most, (long long)f->study.run_count, (long long)f->study.point_count);
    }
    return SIM_OK;
}

/** Most designs have most cases; a file where each has its own would cost their square. */
static enum sim_status check_places(const struct sim_compare_file *f, struct sim_err *err)
{
    const struct sim_compare_study *s = &f->study;
    const double places = sim_compare_places(s);
    const double filled = (double)(s->run_count > s->point_count ? s->run_count : s->point_count);
    if (places > MOST_EMPTY * filled + MOST_SPARSE) {
        return sim_err_set(
            err, SIM_INPUT,
            "%s: its %d designs share so few axis values that %lld runs of %lld points would take "
            "a table of %.3g places; compare fewer designs at a time",
            f->path, s->design_count, (long long)s->run_count, (long long)s->point_count, places);
    }
    return SIM_OK;
}

static enum sim_status check_runs(struct sim_compare_file *f, struct sim_err *err)
{
    double most = 0;
    for (int64_t i = 0; i < f->study.run_count; i++) {
        const double point = f->study.run_point[i];
        const double replication = f->study.replication[i];
        if (!(point >= 0 && point < (double)f->study.point_count)) {
            return sim_err_set(err, SIM_INPUT, "%s: run %lld belongs to no point of it", f->path,
                               (long long)i);
        }
        if (!(replication >= 0 && replication < MOST_REPLICATIONS)) {
            return sim_err_set(err, SIM_INPUT, "%s: run %lld has no replication that there can be",
                               f->path, (long long)i);
        }
        most = replication > most ? replication : most;
        f->failed += f->study.status[i] == 1 ? 1 : 0;
    }
    return check_replications(f, most, err);
}

static bool is_over(const struct sim_reader_var *v, const char *dim)
{
    return v->group[0] == '\0' && !v->is_axis && v->rank == 1 && strcmp(v->dim_names[0], dim) == 0;
}

/** point_AXIS(point). */
static bool is_axis(const struct sim_reader_var *v)
{
    return is_over(v, "point") && strncmp(v->name, "point_", 6) == 0 &&
           strcmp(v->name, "point_design") != 0;
}

static enum sim_status read_axis(struct sim_compare_file *f, int var, struct sim_compare_axis *axis,
                                 struct sim_err *err)
{
    const struct sim_reader_var *v = sim_reader_var_at(f->reader, var);
    const char *sampler = sim_reader_var_attr(f->reader, var, "sampler");
    axis->name = v->name + strlen("point_");
    axis->units = v->units;
    axis->is_sampled = sampler != NULL && sampler[0] != '\0';
    return v->type == SIM_SCHEMA_STRING ? read_texts(f, var, &axis->texts, err)
                                        : read_numbers(f, v->name, &axis->numbers, err);
}

static enum sim_status read_axes(struct sim_compare_file *f, struct sim_err *err)
{
    const int vars = sim_reader_var_count(f->reader);
    struct sim_compare_axis *axes = SIM_ARENA_NEW(f->arena, struct sim_compare_axis, vars + 1);
    int count = 0;
    for (int i = 0; i < vars; i++) {
        if (is_axis(sim_reader_var_at(f->reader, i))) {
            SIM_TRY(read_axis(f, i, &axes[count++], err));
        }
    }
    f->study.axes = axes;
    f->study.axis_count = count;
    return SIM_OK;
}

/** A variable over the runs with means over the points is a response. */
static void find_responses(struct sim_compare_file *f)
{
    const int vars = sim_reader_var_count(f->reader);
    f->responses = SIM_ARENA_NEW(f->arena, struct sim_compare_response, vars + 1);
    for (int i = 0; i < vars; i++) {
        const struct sim_reader_var *v = sim_reader_var_at(f->reader, i);
        const char *mean = sim_arena_format(f->arena, "%s_mean", v->name);
        if (!is_over(v, "run") || v->type != SIM_SCHEMA_F64 ||
            sim_reader_find(f->reader, "", mean) < 0) {
            continue;
        }
        const char *better = sim_reader_var_attr(f->reader, i, "better");
        f->responses[f->response_count++] =
            (struct sim_compare_response){.name = v->name,
                                          .title = v->long_name != NULL ? v->long_name : v->name,
                                          .units = v->units != NULL ? v->units : "",
                                          .better = better == NULL                ? 0
                                                    : strcmp(better, "less") == 0 ? -1
                                                    : strcmp(better, "more") == 0 ? 1
                                                                                  : 0,
                                          .var = i};
    }
}

static bool says(const struct sim_compare_file *f, const char *attr, const char *text)
{
    const char *is = sim_reader_attr(f->reader, "", attr);
    return is != NULL && strcmp(is, text) == 0;
}

static void read_words(struct sim_compare_file *f)
{
    f->baseline = sim_reader_attr(f->reader, "", "baseline");
    f->study.is_antithetic = says(f, "random", "antithetic");
    f->study.is_independent = says(f, "random", "independent");
    f->is_stopped = !says(f, "ended", "complete");
}

static enum sim_status read_runs(struct sim_compare_file *f, struct sim_err *err)
{
    SIM_TRY(read_numbers(f, "run_point", &f->study.run_point, err));
    SIM_TRY(read_numbers(f, "replication", &f->study.replication, err));
    SIM_TRY(read_numbers(f, "status", &f->study.status, err));
    f->study.run_count = sim_reader_size(f->reader, sim_reader_find(f->reader, "", "status"));
    return check_runs(f, err);
}

static enum sim_status read_all(struct sim_compare_file *f, struct sim_err *err)
{
    SIM_TRY(sim_reader_open_of(f->path, f->expected, f->expected_count, &f->reader, err));
    find_responses(f);
    if (f->response_count == 0) {
        return sim_err_set(err, SIM_INPUT,
                           "%s: there are no responses to compare; a study names them "
                           "(`responses`), and `sweep` makes such a file",
                           f->path);
    }
    SIM_TRY(read_designs(f, err));
    SIM_TRY(read_axes(f, err));
    SIM_TRY(read_runs(f, err));
    read_words(f);
    return check_places(f, err);
}

enum sim_status sim_compare_open(const char *path, struct sim_compare_file *out,
                                 struct sim_err *err)
{
    out->path = path;
    out->arena = sim_arena_create();
    return read_all(out, err);
}

void sim_compare_close(struct sim_compare_file *f)
{
    sim_reader_close(f->reader);
    sim_arena_destroy(f->arena);
}

enum sim_status sim_compare_rows_of(struct sim_compare_file *f, const struct sim_compare_choice *c,
                                    int response, struct sim_compare_rows *out, struct sim_err *err)
{
    const struct sim_compare_response *r = &f->responses[response];
    struct sim_compare_ask ask = c->ask;
    double *values = sim_base_alloc((size_t)f->study.run_count + 1, sizeof(double));
    const enum sim_status status = sim_reader_numbers(f->reader, r->var, NULL, NULL, values, err);
    ask.better = r->better;
    if (status == SIM_OK) {
        sim_compare_make(&f->study, &ask, values, out);
    }
    free(values);
    return status;
}

// ---- the command ----

static enum sim_status refuse_word(const char *option, const char *what, const char *word,
                                   const char *const *names, int count, struct sim_err *err)
{
    const char *nearest = sim_strtab_nearest(word, names, count);
    if (nearest != NULL) {
        return sim_err_set(err, SIM_USAGE, "--%s %s: the file has no %s '%s'; did you mean '%s'?",
                           option, word, what, word, nearest);
    }
    char *list = sim_base_strdup(count > 0 ? "; it has " : "");
    for (int i = 0; i < count; i++) {
        char *longer = sim_base_format("%s%s%s", list, i > 0 ? ", " : "", names[i]);
        free(list);
        list = longer;
    }
    (void)sim_err_set(err, SIM_USAGE, "--%s %s: the file has no %s%s%s%s%s", option, word, what,
                      count > 0 ? " '" : "", count > 0 ? word : "", count > 0 ? "'" : "", list);
    free(list);
    return SIM_USAGE;
}

/** Where a word stands in a list of names; SIM_USAGE with the nearest, or with all of them, when it
 * does not. `what`: an axis, a design or a response. */
static enum sim_status find_word(const char *option, const char *what, const char *word,
                                 const char *const *names, int count, int *out, struct sim_err *err)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], word) == 0) {
            *out = i;
            return SIM_OK;
        }
    }
    return refuse_word(option, what, word, names, count, err);
}

static enum sim_status choose_baseline(const struct sim_compare_file *f,
                                       const struct sim_option_args *args,
                                       struct sim_compare_choice *c, struct sim_err *err)
{
    const char *word = sim_option_text(args, "baseline");
    if (word != NULL) {
        return find_word("baseline", "design", word, f->study.designs, f->study.design_count,
                         &c->ask.baseline, err);
    }
    struct sim_err ignored = {0}; // a part of a study may lack its baseline: then the first
    if (f->baseline != NULL &&
        find_word("", "design", f->baseline, f->study.designs, f->study.design_count,
                  &c->ask.baseline, &ignored) == SIM_OK) {
        return SIM_OK;
    }
    c->ask.baseline = 0;
    return SIM_OK;
}

static enum sim_status choose_level(const struct sim_option_args *args,
                                    struct sim_compare_choice *c, struct sim_err *err)
{
    const char *text = sim_option_text(args, "level");
    const char *end = "";
    double level = 95;
    if (text != NULL &&
        (sim_units_parse_number(text, &level, &end, err) != SIM_OK ||
         (end[0] != '\0' && strcmp(end, "%") != 0) || !(level >= 50) || !(level < 100))) {
        return sim_err_set(err, SIM_USAGE,
                           "--level %s: say a percentage from 50 to below 100, such as 95", text);
    }
    c->ask.level = level / 100;
    return SIM_OK;
}

static enum sim_status choose_responses(struct sim_compare_file *f, struct sim_option_args *args,
                                        struct sim_compare_choice *c, struct sim_err *err)
{
    int count = 0;
    const char *const *words = sim_option_texts(args, "response", &count);
    bool *chosen = SIM_ARENA_NEW(f->arena, bool, f->response_count + 1);
    const char **names = SIM_ARENA_NEW(f->arena, const char *, f->response_count + 1);
    for (int i = 0; i < f->response_count; i++) {
        chosen[i] = count == 0;
        names[i] = f->responses[i].name;
    }
    for (int i = 0; i < count; i++) {
        int at = 0;
        SIM_TRY(find_word("response", "response", words[i], names, f->response_count, &at, err));
        chosen[at] = true;
    }
    c->responses = chosen;
    return SIM_OK;
}

static enum sim_status choose_by(struct sim_compare_file *f, struct sim_option_args *args,
                                 struct sim_compare_choice *c, struct sim_err *err)
{
    int count = 0;
    const char *const *words = sim_option_texts(args, "by", &count);
    bool *by = SIM_ARENA_NEW(f->arena, bool, f->study.axis_count + 1);
    const char **names = SIM_ARENA_NEW(f->arena, const char *, f->study.axis_count + 1);
    memset(by, 0, (size_t)f->study.axis_count + 1);
    for (int i = 0; i < f->study.axis_count; i++) {
        names[i] = f->study.axes[i].name;
    }
    for (int i = 0; i < count; i++) {
        int at = 0;
        SIM_TRY(find_word("by", "axis", words[i], names, f->study.axis_count, &at, err));
        if (f->study.axes[at].is_sampled) {
            return sim_err_set(err, SIM_USAGE,
                               "--by %s: this axis is sampled, so hardly two points share a value "
                               "of it; it is what the intervals are over",
                               words[i]);
        }
        by[at] = true;
        c->any_by = true;
    }
    c->ask.by = by;
    return SIM_OK;
}

static enum sim_status tell(struct sim_compare_file *f, struct sim_option_args *args,
                            const struct sim_sink *out, struct sim_err *err)
{
    struct sim_compare_choice c = {.ask = {.level = 0.95}};
    SIM_TRY(choose_baseline(f, args, &c, err));
    SIM_TRY(choose_level(args, &c, err));
    SIM_TRY(choose_responses(f, args, &c, err));
    SIM_TRY(choose_by(f, args, &c, err));
    const bool is_json = sim_option_is_given(args, "json");
    return (is_json ? sim_compare_tell_json : sim_compare_tell)(f, &c, out, err);
}

enum sim_status sim_compare_act(struct sim_option_args *args,
                                const struct sim_reader_expected *expected, int expected_count,
                                const struct sim_sink *out, struct sim_err *err)
{
    struct sim_compare_file f = {.expected = expected, .expected_count = expected_count};
    enum sim_status status = sim_compare_open(sim_option_positional(args, 0), &f, err);
    if (status == SIM_OK) {
        status = tell(&f, args, out, err);
    }
    sim_compare_close(&f);
    return status;
}

const struct sim_option sim_compare_options[] = {
    {.name = "baseline",
     .value = "DESIGN",
     .help = "the design to compare with; default: as the study says"},
    {.name = "response", .repeats = true, .value = "NAME", .help = "only this response"},
    {.name = "by",
     .repeats = true,
     .value = "AXIS",
     .help = "rows for each value of a listed axis, instead of their mean"},
    {.name = "level", .value = "PERCENT", .help = "confidence of the intervals; default: 95"},
    {.name = "json", .help = "print one JSON object instead"},
    SIM_OPTION_END};

const char sim_compare_details[] =
    "For each response: the mean of each design, its difference to the baseline from pairs of "
    "runs\n"
    "(same axis values, same replication), both with confidence intervals, and a verdict: better "
    "or\n"
    "worse where the interval of the difference excludes 0, else not distinguishable. `in favour`\n"
    "is the share of the pairs in which the design does better.\n"
    "Sampled axes are what the intervals are over, each sampled point counting once; without any,\n"
    "the replications are. Listed axes are averaged over, unless --by names them.\n";
