// SPDX-License-Identifier: MIT
// The keys of a study file.
#include "sim/sweep/study_priv.h"

static const char *const spacings[] = {"linear", "log", NULL};
static const char *const methods[] = {"lhs", "sobol", "morris", "csv", NULL};
static const char *const randoms[] = {"common", "independent", "antithetic", NULL};

static const struct sim_key axis_keys[] = {
    {.name = "path",
     .type = SIM_KEY_TEXT,
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct sim_study_file_axis, path),
     .doc =
         "the value of the park that it replaces: \"links.sludge.capacity\"; `*` for every name"},
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct sim_study_file_axis, title),
     .doc = "for people, any UTF-8"},
    {.name = "values",
     .type = SIM_KEY_NODE,
     .offset = offsetof(struct sim_study_file_axis, values),
     .doc = "a list of values as the park file writes them: ( \"10 t/h\", \"20 t/h\" )"},
    {.name = "range",
     .type = SIM_KEY_NODE,
     .offset = offsetof(struct sim_study_file_axis, range),
     .doc = "\"10 t/h .. 50 t/h\", with `step` (also \"10 t/h .. 50 t/h step 5 t/h\") or `count`; "
            "with a sampler a distribution, or two ends between which all is alike"},
    {.name = "step",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct sim_study_file_axis, step),
     .doc = "distance of the values of a range; the last one is at most its end"},
    {.name = "count",
     .type = SIM_KEY_COUNT,
     .min = "2",
     .max = "1000000",
     .offset = offsetof(struct sim_study_file_axis, count),
     .doc = "number of values of a range, both ends included"},
    {.name = "spacing",
     .type = SIM_KEY_CHOICE,
     .choices = spacings,
     .offset = offsetof(struct sim_study_file_axis, spacing),
     .doc = "log: each value is the one before times the same factor; linear when not said"},
    {.name = "csv",
     .type = SIM_KEY_FILE,
     .offset = offsetof(struct sim_study_file_axis, csv),
     .doc = "a file with the values in a column"},
    {.name = "column",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct sim_study_file_axis, column),
     .doc = "which column; when not said, the one named as the axis"},
    {.name = "sampler",
     .type = SIM_KEY_REF,
     .refers = "study.samplers",
     .offset = offsetof(struct sim_study_file_axis, sampler),
     .doc = "who chooses the values; all axes of a sampler move together"}};

static const struct sim_kind axis_kind = {
    .name = "axis",
    .doc = "One value of the park that the study changes. It says `values`, `range`, `csv`, or "
           "`range` and `sampler` (with a sampler of method csv: `sampler` alone).",
    .size = sizeof(struct sim_study_file_axis),
    .keys = axis_keys,
    .key_count = SIM_COUNT(axis_keys)};

static const struct sim_key sampler_keys[] = {
    {.name = "method",
     .type = SIM_KEY_CHOICE,
     .flags = SIM_KEY_REQUIRED,
     .choices = methods,
     .offset = offsetof(struct sim_study_file_sampler, method),
     .doc =
         "lhs: Latin hypercube; sobol: Sobol' points with Owen's scrambling, at most 1,024 axes; "
         "morris: trajectories that move one axis at a time; csv: points from a file"},
    {.name = "points",
     .type = SIM_KEY_COUNT,
     .min = "1",
     .max = "100000000",
     .offset = offsetof(struct sim_study_file_sampler, points),
     .doc = "lhs, sobol: how many; for sobol best a power of two"},
    {.name = "trajectories",
     .type = SIM_KEY_COUNT,
     .min = "1",
     .max = "1000000",
     .offset = offsetof(struct sim_study_file_sampler, trajectories),
     .doc = "morris: how many, each of one point more than there are axes"},
    {.name = "levels",
     .type = SIM_KEY_COUNT,
     .min = "2",
     .max = "1000",
     .offset = offsetof(struct sim_study_file_sampler, levels),
     .doc = "morris: steps of chance that the grid has, an even number; 4 when not said"},
    {.name = "seed",
     .type = SIM_KEY_COUNT,
     .initial = "0",
     .min = "0",
     .offset = offsetof(struct sim_study_file_sampler, seed),
     .doc = "another seed, other points"},
    {.name = "csv",
     .type = SIM_KEY_FILE,
     .offset = offsetof(struct sim_study_file_sampler, csv),
     .doc = "csv: the file, a row a point, a column an axis of the same name"}};

static const struct sim_kind sampler_kind = {.name = "sampler",
                                             .doc = "Chooses values of several axes together.",
                                             .size = sizeof(struct sim_study_file_sampler),
                                             .keys = sampler_keys,
                                             .key_count = SIM_COUNT(sampler_keys)};

static const struct sim_key until_keys[] = {
    {.name = "response",
     .type = SIM_KEY_TEXT,
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct sim_study_file_until, response),
     .doc = "the response whose mean must be known well enough"},
    {.name = "half_width",
     .type = SIM_KEY_VALUE,
     .flags = SIM_KEY_REQUIRED | SIM_KEY_ABOVE_MIN,
     .min = "0",
     .offset = offsetof(struct sim_study_file_until, half_width),
     .doc = "of its confidence interval, as a share of the mean: \"2 %\""},
    {.name = "level",
     .type = SIM_KEY_VALUE,
     .initial = "95 %",
     .min = "50 %",
     .max = "99.99 %",
     .offset = offsetof(struct sim_study_file_until, level),
     .doc = "of confidence"}};

static const struct sim_kind until_kind = {.name = "until",
                                           .doc = "When a point has runs enough.",
                                           .size = sizeof(struct sim_study_file_until),
                                           .keys = until_keys,
                                           .key_count = SIM_COUNT(until_keys)};

static const struct sim_key replications_keys[] = {
    {.name = "fixed",
     .type = SIM_KEY_COUNT,
     .min = "1",
     .max = "1000000",
     .offset = offsetof(struct sim_study_file_replications, fixed),
     .doc = "so many for every point; `replications = 20;` says the same"},
    {.name = "at_least",
     .type = SIM_KEY_COUNT,
     .min = "2",
     .max = "1000000",
     .offset = offsetof(struct sim_study_file_replications, at_least),
     .doc = "with `until`; 10 when not said"},
    {.name = "at_most",
     .type = SIM_KEY_COUNT,
     .min = "2",
     .max = "1000000",
     .offset = offsetof(struct sim_study_file_replications, at_most),
     .doc = "with `until`: then the point is left as it is"},
    {.name = "until",
     .type = SIM_KEY_GROUP,
     .kind = &until_kind,
     .offset = offsetof(struct sim_study_file_replications, until),
     .doc = "stop earlier, once a mean is known well enough"}};

static const struct sim_kind replications_kind = {
    .name = "replications",
    .doc = "How many runs each point gets, which differ by chance alone.",
    .size = sizeof(struct sim_study_file_replications),
    .keys = replications_keys,
    .key_count = SIM_COUNT(replications_keys),
    .brief = "fixed"};

static const struct sim_key response_keys[] = {
    {.name = "of",
     .type = SIM_KEY_TEXT,
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct sim_study_file_response, of),
     .doc = "what is measured: \"environment.co2e\""},
    {.name = "where",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct sim_study_file_response, where),
     .doc = "of this entity alone: \"mill\""},
    {.name = "stream",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct sim_study_file_response, stream),
     .doc = "of this stream alone"},
    {.name = "unit",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct sim_study_file_response, unit),
     .doc = "that it is told in: \"t/year\""},
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct sim_study_file_response, title),
     .doc = "for people, any UTF-8"}};

static const struct sim_kind response_kind = {
    .name = "response",
    .doc = "One number of each run, a variable of the results under its own name.",
    .size = sizeof(struct sim_study_file_response),
    .keys = response_keys,
    .key_count = SIM_COUNT(response_keys)};

static const struct sim_key study_keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct sim_study_file_study, title),
     .doc = "for people, any UTF-8"},
    {.name = "designs",
     .type = SIM_KEY_TEXTS,
     .offset = offsetof(struct sim_study_file_study, designs),
     .doc =
         "designs of the park, `base` for the park as written, `*` for all; when not said, base"},
    {.name = "baseline",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct sim_study_file_study, baseline),
     .doc = "the design that others are compared with; when not said, the first"},
    {.name = "replications",
     .type = SIM_KEY_GROUP,
     .kind = &replications_kind,
     .offset = offsetof(struct sim_study_file_study, replications),
     .doc = "runs of each point: a number, or a group; 1 when not said"},
    {.name = "random",
     .type = SIM_KEY_CHOICE,
     .choices = randoms,
     .initial = "common",
     .offset = offsetof(struct sim_study_file_study, random),
     .doc = "common: every point sees the same breakdowns and demand; independent: each its own; "
            "antithetic: replications come in pairs, the second with 1 - u for each uniform u"},
    {.name = "axes",
     .type = SIM_KEY_MAP,
     .kind = &axis_kind,
     .offset = offsetof(struct sim_study_file_study, axes),
     .doc = "what is changed; combined by product unless tied or sampled together"},
    {.name = "samplers",
     .type = SIM_KEY_MAP,
     .kind = &sampler_kind,
     .offset = offsetof(struct sim_study_file_study, samplers),
     .doc = "who chooses values of several axes"},
    {.name = "tied",
     .type = SIM_KEY_NODE,
     .offset = offsetof(struct sim_study_file_study, tied),
     .doc = "( ( \"a\", \"b\" ) ): axes a and b move together, value by value"},
    {.name = "only_if",
     .type = SIM_KEY_TEXTS,
     .offset = offsetof(struct sim_study_file_study, only_if),
     .doc = "conditions that every point must meet: \"design != alone or trucks == 1\""},
    {.name = "responses",
     .type = SIM_KEY_MAP,
     .kind = &response_kind,
     .offset = offsetof(struct sim_study_file_study, responses),
     .doc = "what is measured of each run"},
    {.name = "store",
     .type = SIM_KEY_NODE,
     .offset = offsetof(struct sim_study_file_study, store),
     .doc = "series kept of each run: \"all\", \"responses\" (none), or ( \"flows\", \"levels of "
            "mill.yard\" ); { what = ...; precision = \"exact\"; } keeps them as float64; when not "
            "said, as the park says"},
    {.name = "seed",
     .type = SIM_KEY_COUNT,
     .initial = "-1",
     .min = "-1",
     .offset = offsetof(struct sim_study_file_study, seed),
     .doc = "of the random numbers, instead of the park's; -1: the park's"}};

static const struct sim_kind study_kind = {
    .name = "study",
    .doc = "Designs x axes x replications, and what is kept of each run.",
    .size = sizeof(struct sim_study_file_study),
    .keys = study_keys,
    .key_count = SIM_COUNT(study_keys)};

static const struct sim_key root_keys[] = {{.name = "format",
                                            .type = SIM_KEY_COUNT,
                                            .flags = SIM_KEY_REQUIRED,
                                            .min = "1",
                                            .max = "1",
                                            .offset = offsetof(struct sim_study_file, format),
                                            .doc = "version of the study file: 1"},
                                           {.name = "park",
                                            .type = SIM_KEY_TEXT,
                                            .flags = SIM_KEY_REQUIRED,
                                            .offset = offsetof(struct sim_study_file, park),
                                            .doc = "the park file, from the folder of this one"},
                                           {.name = "study",
                                            .type = SIM_KEY_GROUP,
                                            .flags = SIM_KEY_REQUIRED,
                                            .kind = &study_kind,
                                            .offset = offsetof(struct sim_study_file, study),
                                            .doc = "the study itself"}};

const struct sim_kind sim_study_kind = {
    .name = "study file",
    .doc = "A study is a libconfig file of its own, beside the park that it changes.",
    .size = sizeof(struct sim_study_file),
    .keys = root_keys,
    .key_count = SIM_COUNT(root_keys)};

char *sim_study_reference(void)
{
    return sim_kind_reference(&sim_study_kind);
}
