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
    pthread_cond_t ready;     // a pack came in
    pthread_cond_t room;      // the window moved
    struct sim_pack **window; // packs of trials next .. next + size, by trial % size
    int64_t size;
    int64_t next;   // trial to hand over next
    bool is_broken; // `take` failed: nothing more is made
    struct sim_err err;
    struct sim_runner_result result;
};

/** One thread at work. */
struct worker {
    struct sweep *sweep;
    int slot;
    const void *data; // that `state` was made for
    void *state;
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

static bool is_broken(struct sweep *s)
{
    (void)pthread_mutex_lock(&s->lock);
    const bool broken = s->is_broken;

    (void)pthread_mutex_unlock(&s->lock);
    return broken;
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
    const int patience = w->sweep->plan->count == 1 ? 1 : 2;

    return stop_level(w->sweep) >= patience || is_broken(w->sweep);
}

// ---- one run ----

/** A state is made for the data of a point, and kept as long as points share them. */
static enum sim_status ensure_state(struct worker *w, const struct sim_trial *trial,
                                    struct sim_err *err)
{
    const struct sim_runner_plan *plan = w->sweep->plan;
    const void *data = plan->point_data[trial->point];

    if (w->state != NULL && w->data == data) {
        return SIM_OK;
    }
    plan->model->state_destroy(w->state);
    w->data = data;
    w->state = plan->model->state_create(data, plan->schema, NULL, err);
    return w->state != NULL ? SIM_OK : SIM_FAILED;
}

static struct sim_pack *pack_result(const struct worker *w, const struct sim_trial *trial,
                                    enum sim_status status, const struct sim_model_end *end,
                                    const struct sim_err *err)
{
    const struct sim_run_key key = {trial->run, trial->point, trial->replication};
    struct sim_pack *pack = NULL;

    if (status == SIM_OK) {
        pack = sim_pack_create(w->sweep->plan->schema, &key, w->row);
    } else if (status == SIM_STOPPED) {
        pack = sim_pack_create_without(&key, NULL, NULL);
    } else {
        char when[SIM_SIMTIME_TEXT];

        pack = sim_pack_create_without(&key, err->text, sim_simtime_format(end->reached_us, when));
    }
    pack->events = end->events;
    return pack;
}

static struct sim_pack *make_run(struct worker *w, const struct sim_trial *trial, bool is_traced)
{
    const struct sweep *s = w->sweep;
    const struct sim_model_hooks hooks = {.trace = is_traced ? s->opts->trace : NULL,
                                          .tick = on_tick,
                                          .is_stopped = on_is_stopped,
                                          .user = w};
    struct sim_model_end end = {0};
    struct sim_err err = {0};

    sim_row_reset(w->row);
    sim_progress_begin(s->opts->progress, w->slot);
    enum sim_status status = ensure_state(w, trial, &err);

    if (status == SIM_OK) {
        status = s->plan->model->run(w->state, trial, &hooks, w->row, &end, &err);
    }

    sim_progress_done(s->opts->progress, w->slot, end.events,
                      status != SIM_OK && status != SIM_STOPPED);
    return pack_result(w, trial, status, &end, &err);
}

/** Wait until trial `index` fits the window; the next one to hand over always does. */
static void await_room(struct sweep *s, int64_t index)
{
    (void)pthread_mutex_lock(&s->lock);
    while (index >= s->next + s->size) {
        (void)pthread_cond_wait(&s->room, &s->lock);
    }
    (void)pthread_mutex_unlock(&s->lock);
}

static void hand_in(struct sweep *s, int64_t index, struct sim_pack *pack)
{
    (void)pthread_mutex_lock(&s->lock);
    s->window[index % s->size] = pack;
    (void)pthread_cond_signal(&s->ready);
    (void)pthread_mutex_unlock(&s->lock);
}

static void work(struct worker *w, int64_t index)
{
    struct sweep *s = w->sweep;
    const struct sim_trial *trial = &s->plan->trials[index];
    const struct sim_run_key key = {trial->run, trial->point, trial->replication};

    await_room(s, index);
    if (stop_level(s) > 0 || is_broken(s)) {
        hand_in(s, index, sim_pack_create_without(&key, NULL, NULL));
    } else {
        hand_in(s, index, make_run(w, trial, index == 0));
    }
}

/** The one place where threads are: whole runs, one at a time. */
static void work_all(struct sweep *s)
{
    const int64_t count = s->plan->count;

#pragma omp parallel num_threads(s->opts->threads) default(none) shared(s, count)
    {
        struct worker w = {.sweep = s, .slot = omp_get_thread_num()};

        w.row = sim_row_create(s->plan->schema, SIM_SCHEMA_RUN);
#pragma omp for schedule(dynamic, 1)
        for (int64_t i = 0; i < count; i++) {
            work(&w, i);
        }
        s->plan->model->state_destroy(w.state);
        sim_row_destroy(w.row);
    }
}

// ---- handing over ----

static void count_run(struct sim_runner_result *r, const struct sim_pack *pack)
{
    r->events += pack->events;
    r->ok += pack->status == SIM_RUN_OK ? 1 : 0;
    r->failed += pack->status == SIM_RUN_FAILED ? 1 : 0;
    r->skipped += pack->status == SIM_RUN_SKIPPED ? 1 : 0;
}

/** The next pack in order; NULL when none came within a tenth of a second. */
static struct sim_pack *await_pack(struct sweep *s)
{
    struct timespec until = {0};

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 100000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_mutex_lock(&s->lock);
    if (s->window[s->next % s->size] == NULL) {
        (void)pthread_cond_timedwait(&s->ready, &s->lock, &until);
    }
    struct sim_pack *pack = s->window[s->next % s->size];

    (void)pthread_mutex_unlock(&s->lock);
    return pack;
}

static void hand_over(struct sweep *s, struct sim_pack *pack)
{
    struct sim_err err = {0};
    enum sim_status status = SIM_OK;

    count_run(&s->result, pack);
    if (s->is_broken) { // only this thread writes it
        sim_pack_destroy(pack);
    } else {
        status = s->take(s->take_user, pack, &err);
    }
    (void)pthread_mutex_lock(&s->lock);
    s->window[s->next % s->size] = NULL;
    s->next++;
    if (status != SIM_OK) {
        s->is_broken = true;
        s->err = err;
    }
    (void)pthread_cond_broadcast(&s->room);
    (void)pthread_mutex_unlock(&s->lock);
}

static void *hand_over_all(void *user)
{
    struct sweep *s = user;

    while (s->next < s->plan->count) { // only this thread moves it
        struct sim_pack *pack = await_pack(s);

        if (pack != NULL) {
            hand_over(s, pack);
        }
        sim_progress_draw(s->opts->progress, sim_machine_wall_s() - s->started_s);
    }
    sim_progress_end(s->opts->progress);
    return NULL;
}

static enum sim_status conclude(const struct sweep *s, struct sim_err *err)
{
    if (s->is_broken) {
        *err = s->err;
        return s->err.status;
    }
    if (s->result.skipped > 0) {
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
    (void)pthread_cond_init(&s.room, NULL);
    const int made = pthread_create(&writer, NULL, hand_over_all, &s);

    SIM_REQUIRE(made == 0, "the system lets us start a thread");
    work_all(&s);
    (void)pthread_join(writer, NULL);
    (void)pthread_cond_destroy(&s.room);
    (void)pthread_cond_destroy(&s.ready);
    (void)pthread_mutex_destroy(&s.lock);
    free(s.window);
    *out = s.result;
    return conclude(&s, err);
}
