#include "sim/sweep/sweep_setup.h"

#include "sim/base/file.h"
#include "sim/base/hash.h"
#include "sim/base/vec.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TRIES = 32, // [-] points looked at for one that will do
    OTHERS = 4  // [-] values of an axis loaded in place of another
};

/** What is only there while a setup is made. */
struct making {
    struct sim_sweep_setup *s;
    const char *version;
    struct sim_diag *diag;
    struct sim_err *err;
    char (*design_hash)[65]; // of each design: its identity
    int64_t *design_points;  // [-] of each design: how many, one after the other
    bool is_refused;         // none of the points tried of some design loads
};

static bool is_base(const char *design)
{
    return strcmp(design, "base") == 0;
}

// ---- study, park, plan ----

static enum sim_status open_base(const struct making *m)
{
    struct sim_sweep_setup *s = m->s;

    SIM_REQUIRE(s->model->open != NULL && s->model->close != NULL && s->model->design != NULL &&
                    s->model->identity != NULL,
                "the model can be swept");
    const enum sim_status status = s->model->open(s->study->park, m->diag, &s->base, m->err);

    return status == SIM_OK ? sim_diag_status(m->diag) : status;
}

/** Tell the study which designs the park has. */
static enum sim_status resolve(const struct making *m)
{
    struct sim_sweep_setup *s = m->s;
    SIM_VEC(const char *) names = {0};

    for (const char *name = NULL; (name = s->model->design(s->base, names.count)) != NULL;) {
        SIM_VEC_PUSH(&names, name);
    }
    const enum sim_status status = sim_study_resolve(s->study, names.data, names.count, m->diag);

    SIM_VEC_FREE(&names);
    return status;
}

/** Which design each point has, and which point of each design comes first. */
static void find_designs(struct making *m)
{
    struct sim_sweep_setup *s = m->s;
    const int64_t points = sim_plan_points(s->plan);
    int32_t *of = SIM_ARENA_NEW(s->own, int32_t, points);

    s->first_point = SIM_ARENA_NEW(s->own, int64_t, s->study->design_count);
    m->design_points = SIM_ARENA_NEW(s->own, int64_t, s->study->design_count);
    for (int i = 0; i < s->study->design_count; i++) {
        s->first_point[i] = -1;
    }
    for (int64_t i = 0; i < points; i++) {
        of[i] = sim_plan_design(s->plan, i);
        m->design_points[of[i]]++;
        if (s->first_point[of[i]] < 0) {
            s->first_point[of[i]] = i;
        }
    }
    s->card.point_design = of;
}

/** Who sets the values of each axis. */
static void find_vias(struct sim_sweep_setup *s)
{
    const int axes = sim_plan_axis_count(s->plan);
    const char **vias = SIM_ARENA_NEW(s->own, const char *, axes + 1);

    for (int i = 0; i < axes; i++) {
        vias[i] = sim_plan_axis(s->plan, i)->said;
    }
    s->vias = vias;
}

// ---- designs ----

/** `has_seed`: with the seed of the study. */
static enum sim_status load_with(const struct sim_sweep_setup *s, int design, bool has_seed,
                                 const char *const *overrides, int override_count,
                                 struct sim_diag *diag, void **out_data, struct sim_err *err)
{
    const struct sim_model_source source = {
        .path = s->study->park,
        .base = s->base,
        .overrides = overrides,
        .override_count = override_count,
        .vias = s->vias,
        .design = is_base(s->study->designs[design]) ? NULL : s->study->designs[design],
        .has_seed = has_seed,
        .seed = s->study->seed};

    *out_data = NULL;
    enum sim_status status = s->model->load(&source, diag, out_data, err);

    if (status == SIM_OK && sim_diag_wrong(diag) > 0) {
        status = sim_diag_status(diag);
    }
    if (status != SIM_OK) {
        s->model->unload(*out_data);
        *out_data = NULL;
    }
    return status;
}

enum sim_status sim_sweep_setup_load(const struct sim_sweep_setup *s, int64_t point,
                                     struct sim_diag *diag, void **out_data, struct sim_err *err)
{
    struct sim_arena *scratch = sim_arena_create();
    struct sim_plan_point p;

    sim_plan_point(s->plan, point, scratch, &p);
    const enum sim_status status = load_with(s, p.design, s->study->has_seed, p.overrides,
                                             sim_plan_axis_count(s->plan), diag, out_data, err);

    sim_arena_destroy(scratch);
    return status;
}

/** Places all over `count` points, the first one first, that keep no pace with any axis. */
static int64_t spread(int64_t count, int k)
{
    const uint64_t golden = UINT64_C(0x9E3779B97F4A7C15); // a share of 0.618..., of 2^64
    const uint64_t share = ((uint64_t)k * golden) >> 32;

    return count <= TRIES ? k : (int64_t)(share * (uint64_t)count >> 32); // points are int32
}

static int tries_of(int64_t count)
{
    return count < TRIES ? (int)count : TRIES;
}

/** Load a point to keep, NULL when it does not load: its mistakes are then not told, as another may
 * do. Warnings are told by loading it once more. */
static void *try_point(const struct making *m, int64_t point)
{
    const struct sim_sweep_setup *s = m->s;
    struct sim_diag *own = sim_diag_create();
    struct sim_err err = {0};
    void *data = NULL;
    void *again = NULL;

    if (sim_sweep_setup_load(s, point, own, &data, &err) == SIM_OK && sim_diag_count(own) > 0) {
        (void)sim_err_meaning(sim_sweep_setup_load(s, point, m->diag, &again, &err));
        s->model->unload(again);
    }
    sim_diag_destroy(own);
    return data;
}

bool sim_sweep_setup_is_of_axes(const struct sim_sweep_setup *s, struct sim_diag *d)
{
    bool is_so = sim_diag_wrong(d) > 0;

    for (int i = 0; i < sim_diag_count(d); i++) {
        const struct sim_mistake *x = sim_diag_at(d, i);
        bool is_this = x->level == SIM_DIAG_WARNING;

        for (int a = 0; a < sim_plan_axis_count(s->plan) && x->place.via != NULL; a++) {
            is_this = is_this || strcmp(x->place.via, s->vias[a]) == 0;
        }
        is_so = is_so && is_this;
    }
    return is_so;
}

static const struct sim_node *key_of(const struct making *m, const char *key)
{
    return sim_tree_child(sim_tree_child(sim_tree_root(m->s->study->tree), "study"), key);
}

/** The mistakes of its first point, which is then named. */
static enum sim_status refuse_design(struct making *m, int design)
{
    const struct sim_sweep_setup *s = m->s;
    const int64_t point = s->first_point[design];
    const struct sim_node *axes = key_of(m, "axes");
    struct sim_diag *own = sim_diag_create();
    struct sim_err err = {0};
    void *data = NULL;
    const enum sim_status status = sim_sweep_setup_load(s, point, m->diag, &data, m->err);

    SIM_ASSERT(status != SIM_OK);
    (void)sim_err_meaning(sim_sweep_setup_load(s, point, own, &data, &err));
    m->is_refused = true;
    if (axes != NULL && sim_diag_wrong(own) > 0 && !sim_sweep_setup_is_of_axes(s, own)) {
        char *words = sim_sweep_setup_words(s, point);

        sim_diag_add(m->diag, SIM_DIAG_WRONG, &axes->place, "study.axes",
                     "mend them, or take other values",
                     "the park has mistakes at every point that was tried; those told here are of "
                     "point %" PRId64 " (%s)",
                     point, words);
        free(words);
    }
    sim_diag_destroy(own);
    return status;
}

/** Keep the data of a point of the design: of the first one that loads. The points that do not are
 * failed runs, unless none does. */
static enum sim_status load_point(struct making *m, int design)
{
    struct sim_sweep_setup *s = m->s;
    const int64_t first = s->first_point[design];
    const int64_t count = m->design_points[design];
    const int tries = m->is_refused ? 1 : tries_of(count);

    for (int k = 0; k < tries; k++) {
        const int64_t point = first + spread(count, k);

        s->data[design] = try_point(m, point);
        if (s->data[design] != NULL) {
            s->first_point[design] = point;
            return SIM_OK;
        }
    }
    return refuse_design(m, design);
}

/** Without the axes. The mistakes of other designs are none of its own. */
static enum sim_status load_plain(const struct making *m, int design, void **out_data)
{
    const struct sim_sweep_setup *s = m->s;
    const bool has_seed = s->study->has_seed;
    struct sim_diag *own = sim_diag_create();
    const enum sim_status status = load_with(s, design, has_seed, NULL, 0, own, out_data, m->err);

    if (status != SIM_OK || sim_diag_count(own) > 0) { // once more, to tell it with its lines
        struct sim_err err = {0};
        void *again = NULL;

        (void)sim_err_meaning(load_with(s, design, has_seed, NULL, 0, m->diag, &again, &err));
        s->model->unload(again);
    }
    sim_diag_destroy(own);
    return status;
}

/** Load a design without the axes, for its identity, and with those of a point, to keep. */
static enum sim_status load_design(struct making *m, int design)
{
    struct sim_sweep_setup *s = m->s;
    void *plain = NULL;

    SIM_TRY(load_plain(m, design, &plain));
    char *identity = s->model->identity(plain);

    sim_hash_sha256(identity, strlen(identity), m->design_hash[design]);
    free(identity);
    s->model->unload(plain);
    return s->first_point[design] < 0 ? SIM_OK : load_point(m, design);
}

/** All of them, whatever is wrong with one. */
static enum sim_status load_designs(struct making *m)
{
    struct sim_sweep_setup *s = m->s;
    enum sim_status first = SIM_OK;

    s->data = SIM_ARENA_NEW(s->own, void *, s->study->design_count);
    m->design_hash = sim_arena_alloc(s->own, (size_t)s->study->design_count, 65);
    for (int i = 0; i < s->study->design_count; i++) {
        const enum sim_status status = load_design(m, i);

        first = first == SIM_OK ? status : first;
    }
    return sim_diag_wrong(m->diag) > 0 ? sim_diag_status(m->diag) : first;
}

// ---- what the results look like ----

/** The node of the study file that names a response; NULL where it is not known. */
static void tell_name(const struct making *m, const struct sim_node *node, const char *what,
                      const char *name, const char *why)
{
    const struct sim_place of_file = {.file = m->s->study->path};

    sim_diag_add(m->diag, SIM_DIAG_WRONG, node != NULL ? &node->place : &of_file, "",
                 "choose another name", "%s '%s': %s", what, name, why);
}

static void check_responses(const struct making *m)
{
    const struct sim_model_want *want = &m->s->study->want;

    for (int i = 0; i < want->response_count; i++) {
        const struct sim_response *r = &want->responses[i];

        if (sim_schema_is_reserved(&m->s->model->reserved, r->name)) {
            tell_name(m, r->node, "response", r->name, "a results file uses this name itself");
        }
    }
}

/** An axis becomes two variables, so its name must be free. */
static void check_axes(const struct making *m)
{
    const struct sim_sweep_setup *s = m->s;

    for (int i = 0; i < sim_plan_axis_count(s->plan); i++) {
        const char *name = sim_plan_axis(s->plan, i)->name;

        if (sim_schema_is_reserved(&s->model->reserved, name)) {
            tell_name(m, NULL, "axis", name, "a results file uses this name itself");
        } else if (sim_schema_var_find(s->schema, "", name) >= 0 ||
                   sim_schema_axis_find(s->schema, "", name) >= 0) {
            tell_name(m, NULL, "axis", name, "the results already have something of this name");
        }
    }
}

/** The axes of a point, but one of them as at another point; with the park's seed. */
static enum sim_status load_mixed(const struct sim_sweep_setup *s, const struct sim_plan_point *p,
                                  int axis, const char *other, struct sim_diag *diag,
                                  void **out_data, struct sim_err *err)
{
    const int count = sim_plan_axis_count(s->plan);
    const char **overrides = sim_base_alloc((size_t)count, sizeof(*overrides));

    for (int i = 0; i < count; i++) {
        overrides[i] = i == axis ? other : p->overrides[i];
    }
    const enum sim_status status =
        load_with(s, p->design, false, overrides, count, diag, out_data, err);

    free(overrides);
    return status;
}

static enum sim_status load_unheard(const struct sim_sweep_setup *s, const struct sim_plan_point *p,
                                    int axis, const char *other, void **out_data)
{
    struct sim_diag *unheard = sim_diag_create();
    struct sim_err err = {0};
    const enum sim_status status = load_mixed(s, p, axis, other, unheard, out_data, &err);

    sim_diag_destroy(unheard);
    return status;
}

/** The park of a point with another value of an axis; NULL where none was found that loads. */
static void *load_other(const struct making *m, const struct sim_plan_point *p, int axis)
{
    const struct sim_sweep_setup *s = m->s;
    const int64_t count = sim_plan_points(s->plan);
    struct sim_arena *scratch = sim_arena_create();
    void *data = NULL;

    for (int k = 0, loads = 0; k < tries_of(count) && loads < OTHERS && data == NULL; k++) {
        struct sim_plan_point q;

        sim_plan_point(s->plan, spread(count, k), scratch, &q);
        if (strcmp(q.texts[axis], p->texts[axis]) != 0) {
            (void)sim_err_meaning(load_unheard(s, p, axis, q.overrides[axis], &data));
            loads++;
        }
    }
    sim_arena_destroy(scratch);
    return data;
}

static void tell_axis(const struct making *m, int axis, const char *remedy, const char *what)
{
    const struct sim_plan_axis *x = sim_plan_axis(m->s->plan, axis);
    char *path = sim_tree_path(x->node);

    sim_diag_add(m->diag, SIM_DIAG_WRONG, &x->node->value_at, path, remedy, "%s", what);
    free(path);
}

/** `first` and `other` differ by the value of an axis alone. */
static void check_other(const struct making *m, int axis, const void *first, const void *other)
{
    const struct sim_model *model = m->s->model;
    struct sim_model_facts a;
    struct sim_model_facts b;
    struct sim_err err = {0};

    model->facts(first, &a);
    model->facts(other, &b);
    char *x = model->identity(first);
    char *y = model->identity(other);

    if (a.seed != b.seed) {
        tell_axis(m, axis,
                  "leave the axis out: replications differ by chance, and study.seed sets the seed",
                  "the seed is the same in all runs of a study");
    } else if (model->fit != NULL && model->fit(other, first, m->s->schema, &err) != SIM_OK) {
        tell_axis(m, axis, "leave the axis out, and make a study for each of its values", err.text);
    } else if (strcmp(x, y) == 0) {
        tell_axis(m, axis, "leave the axis out",
                  "no run depends on this, so no axis can be over it");
    }
    free(x);
    free(y);
}

/** What a results file has but once (start, end, seed, units) no axis may change. The first design
 * stands for all. */
static void check_shared(const struct making *m)
{
    const struct sim_sweep_setup *s = m->s;
    const int axes = sim_plan_axis_count(s->plan);
    struct sim_arena *scratch = sim_arena_create();
    struct sim_plan_point p;
    void *first = NULL;

    sim_plan_point(s->plan, s->first_point[s->card.point_design[0]], scratch, &p);
    if (axes > 0 && load_unheard(s, &p, -1, NULL, &first) == SIM_OK) {
        for (int a = 0; a < axes; a++) {
            void *other = load_other(m, &p, a);

            if (other != NULL) {
                check_other(m, a, first, other);
            }
            s->model->unload(other);
        }
    }
    s->model->unload(first);
    sim_arena_destroy(scratch);
}

static enum sim_status check_rule(const struct making *m)
{
    struct sim_sweep_setup *s = m->s;
    const char *response = s->study->rule.response;

    s->response_var = -1;
    if (response == NULL) {
        return SIM_OK;
    }
    const int var = sim_schema_var_find(s->schema, "", response);
    const struct sim_schema_var *v = var >= 0 ? sim_schema_var_at(s->schema, var) : NULL;

    if (v == NULL || v->scope != SIM_SCHEMA_RUN || sim_schema_var_size(s->schema, var) != 1) {
        return sim_err_set(m->err, SIM_INPUT,
                           "%s: replications until '%s': it is no response of this study",
                           s->study->path, response);
    }
    s->response_var = var;
    return SIM_OK;
}

/** The study's own path as its file would say it: never absolute, so that two machines write the
 * same bytes. */
static const char *relative(const struct making *m, const char *path)
{
    char *folder = sim_file_folder(m->s->study->path);
    const size_t length = strlen(folder);
    const bool is_inside = strncmp(path, folder, length) == 0 && path[length] == '/';
    const char *slash = strrchr(path, '/');

    free(folder);
    if (is_inside) {
        return path + length + 1;
    }
    return path[0] == '/' && slash != NULL ? slash + 1 : path;
}

static void declare_study(const struct making *m)
{
    const struct sim_sweep_setup *s = m->s;
    const struct sim_study *study = s->study;

    sim_plan_declare(s->plan, s->schema);
    if (study->title[0] != '\0') {
        sim_schema_root_attr(s->schema, "study", study->title);
    }
    for (int i = 0; i < sim_study_source_count(study); i++) {
        const struct sim_source *source = sim_study_source(study, i);

        sim_schema_input_file(s->schema, relative(m, source->path), source->sha256);
        if (i == 0) {
            sim_schema_input_text(s->schema, "study", source->text);
        }
    }
}

/** What the designs do not share is told where the study names them. */
static enum sim_status blame_designs(const struct making *m, enum sim_status status)
{
    const struct sim_node *n = key_of(m, "designs");

    if (status == SIM_INPUT && n != NULL && sim_diag_wrong(m->diag) == 0) {
        sim_diag_add(m->diag, SIM_DIAG_WRONG, &n->place, "study.designs", "", "%s", m->err->text);
    }
    return status;
}

static enum sim_status declare(const struct making *m)
{
    struct sim_sweep_setup *s = m->s;
    SIM_VEC(const void *) data = {0};

    for (int i = 0; i < s->study->design_count; i++) {
        if (s->data[i] != NULL) {
            SIM_VEC_PUSH(&data, s->data[i]);
        }
    }
    s->study->want.is_varied = sim_plan_axis_count(s->plan) > 0;
    s->schema = sim_schema_create();
    sim_schema_points(s->schema, sim_plan_points(s->plan));
    check_responses(m);
    enum sim_status status = sim_diag_status(m->diag); // a name taken twice would be a bug

    if (status == SIM_OK) {
        status =
            s->model->declare(data.data, data.count, &s->study->want, m->diag, s->schema, m->err);
    }
    SIM_VEC_FREE(&data);
    SIM_TRY(blame_designs(m, status));
    check_axes(m);
    SIM_TRY(sim_diag_status(m->diag));
    check_shared(m);
    SIM_TRY(sim_diag_status(m->diag));
    SIM_TRY(check_rule(m));
    declare_study(m);
    return SIM_OK;
}

// ---- marks ----

/** What every point's runs depend on besides its design and axes. */
static char *common_words(const struct making *m)
{
    const struct sim_study *study = m->s->study;
    char *words = sim_base_format("%s\nseed %" PRIu64 "%s\n", m->version, m->s->facts.seed,
                                  study->random == SIM_STUDY_INDEPENDENT  ? " independent"
                                  : study->random == SIM_STUDY_ANTITHETIC ? " antithetic"
                                                                          : "");

    for (int i = 0; i < study->want.response_count; i++) {
        const struct sim_response *r = &study->want.responses[i];
        char *longer = sim_base_format(
            "%s%s = %s, %s, %s, %s\n", words, r->name, r->of, r->where != NULL ? r->where : "*",
            r->stream != NULL ? r->stream : "*", r->unit != NULL ? r->unit : "-");

        free(words);
        words = longer;
    }
    return words;
}

static unsigned digit(char hex)
{
    return (unsigned)(hex >= 'a' ? hex - 'a' + 10 : hex - '0');
}

static void mark_of(const void *bytes, size_t length, struct sim_card_mark *out)
{
    char hex[65];

    sim_hash_sha256(bytes, length, hex);
    for (int i = 0; i < SIM_CARD_MARK; i++) {
        out->bytes[i] = (unsigned char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    }
}

/** What all points of a design have in common, as hex: so little is left for each point. */
static void key_of_design(const struct making *m, const char *common, int design, char out[65])
{
    const struct sim_plan *plan = m->s->plan;
    struct sim_arena *scratch = sim_arena_create();
    const char *text = sim_arena_format(scratch, "%s%s\n", common, m->design_hash[design]);

    for (int a = 0; a < sim_plan_axis_count(plan); a++) {
        const struct sim_plan_axis *x = sim_plan_axis(plan, a);
        const bool is_drawn = x->sampler != NULL && x->units != NULL;

        text = sim_arena_format(scratch, "%s%s=%s%s\n", text, x->path, is_drawn ? "drawn " : "",
                                is_drawn ? x->units : "");
    }
    sim_hash_sha256(text, strlen(text), out);
    sim_arena_destroy(scratch);
}

typedef SIM_VEC(char) bytes;

static void put(bytes *b, const void *from, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        SIM_VEC_PUSH(b, ((const char *)from)[i]);
    }
}

/** The key of the design, and each value with its length before it. */
static void mark_point(const struct sim_plan *plan, int64_t point, const char *key, bytes *room,
                       struct sim_card_mark *out)
{
    room->count = 0;
    put(room, key, 64);
    for (int a = 0; a < sim_plan_axis_count(plan); a++) {
        unsigned char number[8];
        const void *value = NULL;
        const size_t length = sim_plan_bytes(plan, point, a, number, &value);
        const unsigned char size[2] = {(unsigned char)(length & 0xFFU),
                                       (unsigned char)(length >> 8 & 0xFFU)};

        put(room, size, sizeof(size));
        put(room, value, length);
    }
    mark_of(room->data, (size_t)room->count, out);
}

static void make_marks(const struct making *m)
{
    struct sim_sweep_setup *s = m->s;
    const int64_t points = sim_plan_points(s->plan);
    struct sim_card_mark *marks = SIM_ARENA_NEW(s->own, struct sim_card_mark, points);
    char(*keys)[65] = sim_base_alloc((size_t)s->study->design_count, sizeof(*keys));
    char *common = common_words(m);
    bytes room = {0};

    for (int i = 0; i < s->study->design_count; i++) {
        key_of_design(m, common, i, keys[i]);
    }
    for (int64_t i = 0; i < points; i++) {
        mark_point(s->plan, i, keys[s->card.point_design[i]], &room, &marks[i]);
    }
    SIM_VEC_FREE(&room);
    free(common);
    free(keys);
    s->card.marks = marks;
}

/** What a study is: who its points are, how often each is run, and what is told of it. */
static const char *hash_study(const struct making *m)
{
    const struct sim_sweep_setup *s = m->s;
    const struct sim_rule *r = &s->study->rule;
    struct sim_card_mark layout;
    char marks[65];
    char *hash = SIM_ARENA_NEW(s->own, char, 65);

    sim_card_layout(&s->card, &layout);
    sim_hash_sha256(s->card.marks, (size_t)s->card.points * sizeof(*s->card.marks), marks);
    char *text = sim_base_format("%s\n%s\n%d to %d until %s %.17g %.17g\n", m->version, marks,
                                 (int)r->at_least, (int)r->at_most,
                                 r->response != NULL ? r->response : "-", r->share, r->level);
    char looks[65];

    sim_hash_sha256(layout.bytes, sizeof(layout.bytes), looks);
    char *all = sim_base_format("%s%s\n", text, looks);

    sim_hash_sha256(all, strlen(all), hash);
    free(all);
    free(text);
    return hash;
}

static void fill_card(const struct making *m)
{
    struct sim_sweep_setup *s = m->s;

    s->card.schema = s->schema;
    s->card.source = sim_arena_strdup(s->own, m->version);
    s->card.seed = s->facts.seed;
    s->card.points = sim_plan_points(s->plan);
    s->card.designs = s->study->designs;
    s->card.design_count = s->study->design_count;
    s->card.is_antithetic = s->study->random == SIM_STUDY_ANTITHETIC;
    s->card.rule = s->study->rule;
    s->card.shards = 1;
    make_marks(m);
    s->card.study_hash = hash_study(m);
}

// ---- all of it ----

/** Some designs are unknown, which is told: what is wrong with the others is told beside it. What
 * is said of the plan might only follow from the loss. */
static enum sim_status check_others(struct making *m, enum sim_status status)
{
    struct sim_sweep_setup *s = m->s;
    struct sim_diag *unheard = sim_diag_create();

    if (sim_plan_create(s->study, unheard, &s->plan) == SIM_OK) {
        find_vias(s);
        find_designs(m);
        (void)sim_err_meaning(load_designs(m));
    }
    sim_diag_destroy(unheard);
    return status;
}

static enum sim_status make(struct making *m, const char *path)
{
    struct sim_sweep_setup *s = m->s;

    SIM_TRY(sim_study_load(path, &s->model->reserved, m->diag, &s->study));
    SIM_TRY(open_base(m));
    const enum sim_status status = resolve(m);

    if (status != SIM_OK) {
        return check_others(m, status);
    }
    SIM_TRY(sim_plan_create(s->study, m->diag, &s->plan));
    find_vias(s);
    find_designs(m);
    SIM_TRY(load_designs(m));
    if (sim_plan_points(s->plan) == 0) {
        return sim_err_set(m->err, SIM_INPUT, "%s: only_if leaves no point to run", path);
    }
    s->model->facts(s->data[s->card.point_design[0]], &s->facts);
    SIM_TRY(declare(m));
    fill_card(m);
    return SIM_OK;
}

enum sim_status sim_sweep_setup_create(const struct sim_model *model, const char *version,
                                       const char *path, struct sim_diag *diag,
                                       struct sim_sweep_setup **out, struct sim_err *err)
{
    struct sim_sweep_setup *s = sim_base_alloc(1, sizeof(*s));
    struct making m = {.s = s, .version = version, .diag = diag, .err = err};

    s->model = model;
    s->own = sim_arena_create();
    const enum sim_status status = make(&m, path);

    *out = s;
    if (status != SIM_OK) {
        sim_sweep_setup_destroy(s);
        *out = NULL;
    }
    return status;
}

void sim_sweep_setup_destroy(struct sim_sweep_setup *s)
{
    if (s == NULL) {
        return;
    }
    for (int i = 0; s->data != NULL && i < s->study->design_count; i++) {
        s->model->unload(s->data[i]);
    }
    if (s->base != NULL) {
        s->model->close(s->base);
    }
    sim_schema_destroy(s->schema);
    sim_plan_destroy(s->plan);
    sim_study_destroy(s->study);
    sim_arena_destroy(s->own);
    free(s);
}

enum sim_status sim_sweep_setup_load_mixed(const struct sim_sweep_setup *s, int64_t point, int axis,
                                           const char *other, struct sim_diag *diag,
                                           void **out_data, struct sim_err *err)
{
    struct sim_arena *scratch = sim_arena_create();
    struct sim_plan_point p;

    sim_plan_point(s->plan, point, scratch, &p);
    const enum sim_status status = load_mixed(s, &p, axis, other, diag, out_data, err);

    sim_arena_destroy(scratch);
    return status;
}

char *sim_sweep_setup_words(const struct sim_sweep_setup *s, int64_t point)
{
    struct sim_arena *scratch = sim_arena_create();
    struct sim_plan_point p;

    sim_plan_point(s->plan, point, scratch, &p);
    const char *text = sim_arena_format(scratch, "design %s", s->study->designs[p.design]);

    for (int i = 0; i < sim_plan_axis_count(s->plan); i++) {
        text = sim_arena_format(scratch, "%s, %s = %s", text, sim_plan_axis(s->plan, i)->name,
                                p.texts[i]);
    }
    char *out = sim_base_strdup(text);

    sim_arena_destroy(scratch);
    return out;
}
