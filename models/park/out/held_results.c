#include "models/park/out/held_results.h"

#include "models/park/out/layout.h"
#include "models/park/out/results.h"
#include "sim/base/arena.h"
#include "sim/base/number.h"
#include "sim/base/vec.h"

#include <jansson.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LARGEST = 8 // [-] shown in the summary
};

// ---- In the file ----

/** A name of the union over the designs, with what goes beside it. */
struct label {
    const char *name, *unit, *stream;
};

struct labels {
    struct label *data;
    int count, capacity;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct label *)a)->name, ((const struct label *)b)->name);
}

/** Sort, and keep the first of each name. */
static void settle(struct labels *l)
{
    int kept = 0;
    if (l->count > 0) {
        qsort(l->data, (size_t)l->count, sizeof(*l->data), by_name);
    }
    for (int i = 0; i < l->count; i++) {
        if (kept == 0 || strcmp(l->data[kept - 1].name, l->data[i].name) != 0) {
            l->data[kept++] = l->data[i];
        }
    }
    l->count = kept;
}

static void gather(const struct park *p, bool any, struct sim_arena *arena,
                   struct labels *processes, struct labels *causes)
{
    struct park_held_causes x;
    if (any) {
        park_held_causes_init_any(&x, p);
    } else {
        park_held_causes_init(&x, p);
    }
    for (int32_t i = 0; i < p->process_count; i++) {
        const struct park_stream *s = p->streams[park_held_stream(p, i)];
        SIM_VEC_PUSH(processes, (struct label){p->processes[i]->name, s->unit, s->name});
    }
    for (int i = 0; i < x.count; i++) {
        SIM_VEC_PUSH(causes, (struct label){.name = sim_arena_strdup(arena, x.names[i])});
    }
    park_held_causes_fini(&x);
}

static int add_axis(struct sim_schema *s, const char *name, const struct labels *l,
                    const char *words)
{
    const char **names = sim_base_alloc((size_t)l->count, sizeof(*names));
    for (int i = 0; i < l->count; i++) {
        names[i] = l->data[i].name;
    }
    const int axis = sim_schema_axis(s, &(struct sim_schema_axis){.name = name,
                                                                  .group = "held_back",
                                                                  .length = l->count,
                                                                  .labels = names,
                                                                  .long_name = words});
    free(names);
    return axis;
}

static void add_texts(struct sim_schema *s, const char *name, int axis, const struct labels *l,
                      bool is_unit)
{
    const char **texts = sim_base_alloc((size_t)l->count, sizeof(*texts));
    for (int i = 0; i < l->count; i++) {
        texts[i] = is_unit ? l->data[i].unit : l->data[i].stream;
    }
    (void)sim_schema_var(s, &(struct sim_schema_var){.name = name,
                                                     .group = "held_back",
                                                     .type = SIM_SCHEMA_STRING,
                                                     .scope = SIM_SCHEMA_STATIC,
                                                     .dim_count = 1,
                                                     .dims = {axis},
                                                     .values = texts,
                                                     .is_coordinate = true});
    free(texts);
}

static void add_number(struct sim_schema *s, const char *name, int processes, int causes,
                       const char *units, const char *words)
{
    (void)sim_schema_var(s, &(struct sim_schema_var){.name = name,
                                                     .group = "held_back",
                                                     .type = SIM_SCHEMA_F64,
                                                     .scope = SIM_SCHEMA_RUN,
                                                     .dim_count = 2,
                                                     .dims = {processes, causes},
                                                     .units = units,
                                                     .long_name = words});
}

void park_held_results_declare(const struct park *const *parks, int park_count,
                               const struct sim_model_want *want, struct sim_schema *schema)
{
    const bool any = want != NULL && want->is_varied;
    struct sim_arena *arena = sim_arena_create();
    struct labels processes = {0};
    struct labels causes = {0};
    for (int i = 0; i < park_count; i++) {
        gather(parks[i], any, arena, &processes, &causes);
    }
    settle(&processes);
    settle(&causes);
    if (processes.count > 0) {
        const int process = add_axis(schema, "process", &processes, "process");
        const int cause =
            add_axis(schema, "cause", &causes, "where the chain of causes ends (see why)");
        add_texts(schema, "process_unit", process, &processes, true);
        add_texts(schema, "process_stream", process, &processes, false);
        add_number(schema, "hours", process, cause, "h",
                   "hours in which it ran below what it could, open and whole");
        add_number(schema, "amount", process, cause, NULL,
                   "what it could have made more, in process_unit");
    }
    SIM_VEC_FREE(&processes);
    SIM_VEC_FREE(&causes);
    sim_arena_destroy(arena);
}

static int32_t column(const struct sim_schema *s, int axis, const char *label)
{
    const int64_t at = sim_schema_label(s, axis, label);
    SIM_REQUIRE(at >= 0, "a process or cause that the schema does not know");
    return (int32_t)at;
}

/** Its own column, else that of its sort, else that of causes further on, which is always there. */
static int32_t column_of(const struct sim_schema *s, int axis, const struct park_held_causes *x,
                         int cause)
{
    const char *const labels[] = {x->names[cause], park_held_causes_sort_name(x->sorts[cause])};
    for (int i = 0; i < SIM_COUNT(labels); i++) {
        const int64_t at = sim_schema_label(s, axis, labels[i]);
        if (at >= 0) {
            return (int32_t)at;
        }
    }
    return column(s, axis, park_held_causes_sort_name(PARK_HELD_ELSE));
}

static void bind_causes(struct park_held_columns *c, const struct sim_schema *schema, int axis)
{
    bool *taken = sim_base_alloc((size_t)c->width, sizeof(*taken));
    c->cause_at = sim_base_alloc((size_t)c->causes.count, sizeof(int32_t));
    c->is_first = sim_base_alloc((size_t)c->causes.count, sizeof(bool));
    for (int i = 0; i < c->causes.count; i++) {
        c->cause_at[i] = column_of(schema, axis, &c->causes, i);
        c->is_first[i] = !taken[c->cause_at[i]];
        taken[c->cause_at[i]] = true;
    }
    free(taken);
}

void park_held_results_bind(struct park_held_columns *c, const struct park *p,
                            const struct sim_schema *schema)
{
    *c = (struct park_held_columns){.hours = sim_schema_var_find(schema, "held_back", "hours"),
                                    .amount = sim_schema_var_find(schema, "held_back", "amount")};
    park_held_causes_init(&c->causes, p);
    if (c->hours < 0) {
        return;
    }
    const int processes = sim_schema_axis_find(schema, "held_back", "process");
    const int causes = sim_schema_axis_find(schema, "held_back", "cause");
    c->width = sim_schema_axis_at(schema, causes)->length;
    c->process_at = sim_base_alloc((size_t)p->process_count, sizeof(int32_t));
    for (int32_t i = 0; i < p->process_count; i++) {
        c->process_at[i] = column(schema, processes, p->processes[i]->name);
    }
    bind_causes(c, schema, causes);
}

void park_held_results_unbind(struct park_held_columns *c)
{
    free(c->process_at);
    free(c->cause_at);
    free(c->is_first);
    park_held_causes_fini(&c->causes);
}

int64_t park_held_results_cell(const struct park_held_columns *c, int32_t process, int32_t cause)
{
    return c->process_at[process] * c->width + c->cause_at[cause];
}

void park_held_results_put(const struct park_held_columns *c, const struct park_held *h,
                           sim_time now, const struct park *p, struct sim_row *row)
{
    for (int32_t i = 0; c->hours >= 0 && i < p->process_count; i++) {
        const double scale = park_layout_scale(p->streams[park_held_stream(p, i)]);
        for (int32_t k = 0; k < c->causes.count; k++) {
            const int64_t at = park_held_results_cell(c, i, k);
            double *hours = &sim_row_f64(row, c->hours)[at];
            double *amount = &sim_row_f64(row, c->amount)[at];
            *hours = (c->is_first[k] ? 0 : *hours) + park_held_hours(h, now, i, k);
            *amount = (c->is_first[k] ? 0 : *amount) + park_held_amount(h, now, i, k) / scale;
        }
    }
}

// ---- In the summary ----

/** One process by one cause. */
struct told {
    int32_t process, cause;
    const char *name, *why;
    double hours, amount; // [own unit]
    double weight;        // [h] of full load, or hours where that has no limit
};

static int by_weight(const void *a, const void *b)
{
    const struct told *x = a;
    const struct told *y = b;
    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    const int name = strcmp(x->name, y->name);
    return name != 0 ? name : strcmp(x->why, y->why);
}

/** [own unit/h] What the process makes at most. */
static double full_load(const struct park *p, int32_t process)
{
    const struct park_process *s = p->processes[process];
    double per = 1;
    for (int i = 0; i < s->flow_count; i++) {
        if (s->flows[i].gives && s->flows[i].stream == s->product) {
            per = s->flows[i].coef * (1 - s->flows[i].lost);
        }
    }
    const double most = park_results_full_load(p, process) * per * 3600;
    return most / park_layout_scale(p->streams[park_held_stream(p, process)]);
}

/** All that was held back, the largest first; to free. */
static struct told *list(const struct park *p, const struct park_held_columns *c,
                         const struct sim_row *mean, int *out_count)
{
    struct told *all =
        sim_base_alloc((size_t)p->process_count * (size_t)c->causes.count, sizeof(*all));
    int count = 0;
    for (int32_t i = 0; c->hours >= 0 && i < p->process_count; i++) {
        const double most = full_load(p, i);
        for (int32_t k = 0; k < c->causes.count; k++) {
            const double hours = sim_row_f64_const(mean, c->hours)[park_held_results_cell(c, i, k)];
            const double amount =
                sim_row_f64_const(mean, c->amount)[park_held_results_cell(c, i, k)];
            if (c->is_first[k] && hours > 0) {
                all[count++] =
                    (struct told){.process = i,
                                  .cause = k,
                                  .name = p->processes[i]->name,
                                  .why = c->causes.names[k],
                                  .hours = hours,
                                  .amount = amount,
                                  .weight = most > 0 && isfinite(most) ? amount / most : hours};
            }
        }
    }
    if (count > 0) {
        qsort(all, (size_t)count, sizeof(*all), by_weight);
    }
    *out_count = count;
    return all;
}

void park_held_results_text(const struct park *p, const struct park_held_columns *c,
                            const struct sim_row *mean, const struct sim_sink *out)
{
    int count = 0;
    struct told *all = list(p, c, mean, &count);
    sim_sink_text(out, count > 0 ? "Held back: what could have been made more, and what held it\n"
                                 : "Held back: nothing\n");
    for (int i = 0; i < count && i < LARGEST; i++) {
        const struct park_stream *s = p->streams[park_held_stream(p, all[i].process)];
        char amount[SIM_NUMBER_TEXT];
        char hours[SIM_NUMBER_TEXT];
        sim_sink_print(out, "  %14s %-4s %s: %s in %s h  [%s]\n",
                       sim_number_text(all[i].amount, amount), s->unit, all[i].name, s->name,
                       sim_number_text(all[i].hours, hours), all[i].why);
    }
    if (count > LARGEST) {
        sim_sink_print(out, "  ... and %d more\n", count - LARGEST);
    }
    free(all);
}

void park_held_results_json(const struct park *p, const struct park_held_columns *c,
                            const struct sim_row *mean, struct json_t *object)
{
    int count = 0;
    json_t *array = json_array();
    struct told *all = list(p, c, mean, &count);
    for (int i = 0; i < count; i++) {
        const struct park_stream *s = p->streams[park_held_stream(p, all[i].process)];
        json_t *o = json_object();
        (void)json_object_set_new(o, "process", json_string(all[i].name));
        (void)json_object_set_new(o, "cause", json_string(all[i].why));
        (void)json_object_set_new(o, "hours", json_real(all[i].hours));
        (void)json_object_set_new(o, "amount", json_real(all[i].amount));
        (void)json_object_set_new(o, "unit", json_string(s->unit));
        (void)json_object_set_new(o, "stream", json_string(s->name));
        (void)json_array_append_new(array, o);
    }
    (void)json_object_set_new(object, "held_back", array);
    free(all);
}
