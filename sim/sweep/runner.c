#include "sim/sweep/runner.h"

#include "sim/num/simtime.h"
#include "sim/sweep/machine.h"
#include "sim/sweep/progress.h"

#include <omp.h>

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
    PACKS_PER_THREAD = 4
};

/** What the workers and the thread that hands over share. `lock` guards all below it. */
struct sweep {
    const struct sim_runner_plan *plan;
    const struct sim_runner_opts *opts;
    sim_runner_take *take;
    void *take_user;
    double started_s;
    pthread_mutex_t lock;
    pthread_cond_t ready;     // a pack came in, or all workers left
    pthread_cond_t changed;   // a pack was taken: there is room, and maybe more to do
    struct sim_pack **window; // packs, by place % size
    int64_t size;
    int64_t given;   // trials given out
    int64_t arrived; // packs that came in
    int64_t taken;   // packs handed over
    bool is_over;    // no worker is there any more
    bool is_stopped; // it was stopped before the source's end
    bool is_enough;  // what still runs is not needed
    bool is_broken;  // `take` failed: nothing more is made
    struct sim_err err;
    struct sim_runner_result result;
};

/** One thread at work. */
struct worker {
    struct sweep *sweep;
    int slot;
    int64_t point;    // whose data and state these are; -1: none
    const void *data; // NULL: `err` says why
    void *state;      // NULL: likewise
    struct sim_err err;
    struct sim_row *row;
};

int sim_runner_default_threads(void)
{
    return omp_get_max_threads();
}

static int stop_level(const struct sweep *s)
{
    return s->opts->stop_level != NULL ? s->opts->stop_level(s->opts->stop_user) : 0;
}

// ---- hooks of a run ----

static void on_tick(void *user, int64_t now_us, int64_t events)
{
    const struct worker *w = user;

    sim_progress_tick(w->sweep->opts->progress, w->slot, now_us, events);
}

static bool on_is_stopped(void *user)
{
    const struct worker *w = user;
    struct sweep *s = w->sweep;
    const int patience = s->plan->is_one ? 1 : 2;

    if (stop_level(s) >= patience) {
        return true;
    }
    (void)pthread_mutex_lock(&s->lock);
    const bool is_useless = s->is_broken || s->is_enough;

    (void)pthread_mutex_unlock(&s->lock);
    return is_useless;
}

// ---- the point that a worker is at ----

static void leave_point(struct worker *w)
{
    const struct sim_runner_plan *plan = w->sweep->plan;

    plan->model->state_destroy(w->state);
    w->state = NULL;
    if (w->data != NULL && plan->unload != NULL) {
        plan->unload(plan->user, w->point, w->data);
    }
    w->data = NULL;
    w->point = -1;
}

/** Load the point's data and make a state for them; where that fails, `err` keeps saying why as
 * long as the worker stays at the point. */
static void enter_point(struct worker *w, int64_t point)
{
    const struct sim_runner_plan *plan = w->sweep->plan;

    if (w->point == point) {
        return;
    }
    leave_point(w);
    w->point = point;
    w->err = (struct sim_err){0};
    if (plan->load(plan->user, point, &w->data, &w->err) != SIM_OK) {
        w->data = NULL;
        return;
    }
    w->state = plan->model->state_create(w->data, plan->schema, plan->want, &w->err);
}

static struct sim_row *make_point_row(const struct worker *w, const struct sim_runner_task *task)
{
    const struct sim_runner_plan *plan = w->sweep->plan;

    if (!plan->has_point_rows || task->replication != 0 || plan->model->point == NULL ||
        w->data == NULL) {
        return NULL;
    }
    struct sim_row *row = sim_row_create(plan->schema, SIM_SCHEMA_POINT);

    plan->model->point(w->data, plan->schema, row);
    return row;
}

// ---- one run ----

static struct sim_run_key key_of(const struct sim_runner_task *task)
{
    return (struct sim_run_key){task->trial.run, task->trial.point, task->replication};
}

static struct sim_pack *pack_result(const struct worker *w, const struct sim_runner_task *task,
                                    enum sim_status status, const struct sim_model_end *end,
                                    const struct sim_err *err)
{
    const struct sim_run_key key = key_of(task);
    struct sim_pack *pack = NULL;

    if (status == SIM_OK) {
        pack = sim_pack_create(w->sweep->plan->schema, &key, w->row);
    } else if (status == SIM_STOPPED) {
        pack = sim_pack_create_without(&key, NULL, NULL);
    } else {
        char when[SIM_SIMTIME_TEXT];
        const bool has_begun = w->state != NULL;

        pack = sim_pack_create_without(
            &key, err->text, has_begun ? sim_simtime_format(end->reached_us, when) : NULL);
    }
    pack->events = end->events;
    if (status != SIM_STOPPED) {
        pack->point_row = make_point_row(w, task);
    }
    return pack;
}

static struct sim_pack *make_run(struct worker *w, const struct sim_runner_task *task,
                                 bool is_traced)
{
    const struct sweep *s = w->sweep;
    const struct sim_model_hooks hooks = {.trace = is_traced ? s->opts->trace : NULL,
                                          .tick = on_tick,
                                          .is_stopped = on_is_stopped,
                                          .user = w};
    struct sim_model_end end = {0};
    struct sim_err err = {0};
    enum sim_status status = SIM_FAILED;

    sim_progress_begin(s->opts->progress, w->slot);
    enter_point(w, task->trial.point);
    if (w->state != NULL) {
        sim_row_reset(w->row);
        status = s->plan->model->run(w->state, &task->trial, &hooks, w->row, &end, &err);
    } else {
        err = w->err;
    }
    struct sim_pack *pack = pack_result(w, task, status, &end, &err);

    sim_progress_done(s->opts->progress, w->slot, end.events, pack->status);
    return pack;
}

// ---- giving out and handing in ----

/** Wait for something to change; a signal wakes nobody, so look again now and then. */
static void await_change(struct sweep *s, pthread_cond_t *what)
{
    struct timespec until = {0};

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 50000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(what, &s->lock, &until);
}

/** Ask the source until it has an answer, there is room for it, or it is all over. With the lock.
 */
static enum sim_runner_answer await_answer(struct sweep *s, int slot, struct sim_runner_task *out)
{
    while (!s->is_broken) {
        const bool has_room = s->given - s->taken < s->size;
        const enum sim_runner_answer answer =
            has_room ? s->plan->next(s->plan->user, slot, out) : SIM_RUNNER_WAIT;

        if (answer != SIM_RUNNER_WAIT) {
            return answer;
        }
        if (stop_level(s) > 0 && !s->plan->is_ordered) {
            s->is_stopped = true; // there might have been more
            break;
        }
        await_change(s, &s->changed);
    }
    return SIM_RUNNER_END;
}

/** Whether the worker goes on; `*out` is then a task, the `*out_place`-th given out. */
static bool ask(struct worker *w, struct sim_runner_task *out, int64_t *out_place)
{
    struct sweep *s = w->sweep;

    (void)pthread_mutex_lock(&s->lock);
    enum sim_runner_answer answer = await_answer(s, w->slot, out);

    if (answer == SIM_RUNNER_TASK && stop_level(s) > 0 && !s->plan->is_ordered) {
        s->is_stopped = true;
        s->result.skipped++;
        answer = SIM_RUNNER_END;
    }
    s->is_enough = s->is_enough || answer == SIM_RUNNER_ENOUGH;
    *out_place = s->given;
    s->given += answer == SIM_RUNNER_TASK ? 1 : 0;
    (void)pthread_mutex_unlock(&s->lock);
    return answer == SIM_RUNNER_TASK;
}

static void hand_in(struct sweep *s, int64_t place, struct sim_pack *pack)
{
    (void)pthread_mutex_lock(&s->lock);
    place = s->plan->is_ordered ? place : s->arrived;
    s->arrived++;
    s->window[place % s->size] = pack;
    const bool is_awaited = place == s->taken;
    (void)pthread_mutex_unlock(&s->lock);
    if (is_awaited) { // who is woken finds the lock free
        (void)pthread_cond_signal(&s->ready);
    }
}

static void work(struct worker *w)
{
    struct sweep *s = w->sweep;
    struct sim_runner_task task = {0};
    int64_t place = 0;

    while (ask(w, &task, &place)) {
        const struct sim_run_key key = key_of(&task);

        if (s->plan->is_ordered && stop_level(s) > 0) {
            hand_in(s, place, sim_pack_create_without(&key, NULL, NULL));
        } else {
            hand_in(s, place, make_run(w, &task, place == 0));
        }
    }
}

/** The one place where threads are: each makes whole runs, one at a time, as they are asked for. */
static void work_all(struct sweep *s)
{
#pragma omp parallel num_threads(s->opts->threads) default(none) shared(s)
    {
        struct worker w = {.sweep = s, .slot = omp_get_thread_num(), .point = -1};

        w.row = sim_row_create(s->plan->schema, SIM_SCHEMA_RUN);
        work(&w);
        leave_point(&w);
        sim_row_destroy(w.row);
    }
    (void)pthread_mutex_lock(&s->lock);
    s->is_over = true;
    (void)pthread_cond_signal(&s->ready);
    (void)pthread_mutex_unlock(&s->lock);
}

// ---- handing over ----

static void count_run(struct sim_runner_result *r, const struct sim_pack *pack)
{
    r->events += pack->events;
    r->ok += pack->status == SIM_RUN_OK ? 1 : 0;
    r->failed += pack->status == SIM_RUN_FAILED ? 1 : 0;
    r->skipped += pack->status == SIM_RUN_SKIPPED ? 1 : 0;
}

/** The next pack to hand over; NULL when none came for a while, or none will (`*out_is_over`). */
static struct sim_pack *await_pack(struct sweep *s, bool *out_is_over)
{
    (void)pthread_mutex_lock(&s->lock);
    if (s->window[s->taken % s->size] == NULL && !s->is_over) {
        await_change(s, &s->ready);
    }
    struct sim_pack *pack = s->window[s->taken % s->size];

    *out_is_over = pack == NULL && s->is_over;
    (void)pthread_mutex_unlock(&s->lock);
    return pack;
}

static void hand_over(struct sweep *s, struct sim_pack *pack)
{
    struct sim_err err = {0};
    enum sim_status status = SIM_OK;
    const bool is_wanted = s->plan->is_ordered || pack->status != SIM_RUN_SKIPPED;
    struct sim_runner_result counted = {0};

    count_run(&counted, pack);
    if (s->is_broken || !is_wanted) { // only this thread says that it is broken
        sim_pack_destroy(pack);
    } else {
        status = s->take(s->take_user, pack, &err);
    }
    (void)pthread_mutex_lock(&s->lock);
    s->result.events += counted.events;
    s->result.ok += counted.ok;
    s->result.failed += counted.failed;
    s->result.skipped += counted.skipped;
    s->window[s->taken % s->size] = NULL;
    s->taken++;
    if (status != SIM_OK) {
        s->is_broken = true;
        s->err = err;
    }
    (void)pthread_mutex_unlock(&s->lock);
    (void)pthread_cond_broadcast(&s->changed);
}

static void *hand_over_all(void *user)
{
    struct sweep *s = user;
    bool is_over = false;

    while (!is_over) {
        struct sim_pack *pack = await_pack(s, &is_over);

        if (pack != NULL) {
            hand_over(s, pack);
        }
        sim_progress_draw(s->opts->progress, sim_machine_wall_s() - s->started_s);
    }
    sim_progress_end(s->opts->progress, sim_machine_wall_s() - s->started_s);
    return NULL;
}

static enum sim_status conclude(const struct sweep *s, struct sim_err *err)
{
    if (s->is_broken) {
        *err = s->err;
        return s->err.status;
    }
    if (s->is_stopped || (s->result.skipped > 0 && !s->is_enough)) {
        return SIM_STOPPED;
    }
    return s->result.failed > 0 ? SIM_FAILED : SIM_OK;
}

enum sim_status sim_runner_run(const struct sim_runner_plan *plan,
                               const struct sim_runner_opts *opts, sim_runner_take *take,
                               void *user, struct sim_runner_result *out, struct sim_err *err)
{
    struct sweep s = {.plan = plan,
                      .opts = opts,
                      .take = take,
                      .take_user = user,
                      .started_s = sim_machine_wall_s(),
                      .size = (int64_t)opts->threads * PACKS_PER_THREAD};
    pthread_t writer;

    SIM_REQUIRE(opts->threads >= 1, "there is a thread to work");
    s.window = sim_base_alloc((size_t)s.size, sizeof(struct sim_pack *));
    (void)pthread_mutex_init(&s.lock, NULL);
    (void)pthread_cond_init(&s.ready, NULL);
    (void)pthread_cond_init(&s.changed, NULL);
    const int made = pthread_create(&writer, NULL, hand_over_all, &s);

    SIM_REQUIRE(made == 0, "the system lets us start a thread");
    work_all(&s);
    (void)pthread_join(writer, NULL);
    (void)pthread_cond_destroy(&s.changed);
    (void)pthread_cond_destroy(&s.ready);
    (void)pthread_mutex_destroy(&s.lock);
    free(s.window);
    *out = s.result;
    return conclude(&s, err);
}

// ---- the plainest source ----

static enum sim_runner_answer next_of_list(void *user, int slot, struct sim_runner_task *out)
{
    struct sim_runner_list *list = user;

    (void)slot;
    if (list->next >= list->count) {
        return SIM_RUNNER_END;
    }
    out->trial = list->first;
    out->trial.run += list->next;
    out->trial.replication += list->next;
    out->replication = out->trial.replication;
    list->next++;
    return SIM_RUNNER_TASK;
}

static enum sim_status load_of_list(void *user, int64_t point, const void **out_data,
                                    struct sim_err *err)
{
    const struct sim_runner_list *list = user;

    (void)point;
    (void)err;
    *out_data = list->data;
    return SIM_OK;
}

struct sim_runner_plan sim_runner_list_plan(struct sim_runner_list *list,
                                            const struct sim_model *model,
                                            const struct sim_schema *schema)
{
    return (struct sim_runner_plan){.model = model,
                                    .schema = schema,
                                    .next = next_of_list,
                                    .load = load_of_list,
                                    .user = list,
                                    .is_one = list->count == 1,
                                    .is_ordered = true};
}
