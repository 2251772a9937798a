#include "sim/sweep/progress.h"

#include "sim/num/simtime.h"

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINE_BYTES = 400,
    BAR_MIN = 10,
    BAR_MAX = 40
};

/** One thread's count; padded to a cache line, so that threads do not disturb one another. */
struct slot {
    _Atomic int64_t now_us;
    _Atomic int64_t events; // of the run it is in
    _Atomic bool is_running;
    char pad[64 - 2 * sizeof(int64_t) - sizeof(bool)];
};

struct sim_progress {
    struct sim_progress_opts opts;
    struct slot *slots;
    _Atomic int64_t runs; // to be made, with those from before
    _Atomic int64_t done; // now
    _Atomic int64_t failed;
    _Atomic int64_t events; // of runs that are done
    double next_s;
    int drawn; // [-] lines, or whether there is a bar
};

static const double first_look[] = {
    [SIM_PROGRESS_LINES] = 10.0, [SIM_PROGRESS_BAR] = 0.2, [SIM_PROGRESS_JSON] = 1.0};

struct sim_progress *sim_progress_create(const struct sim_progress_opts *opts)
{
    struct sim_progress *p = sim_base_alloc(1, sizeof(*p));

    p->opts = *opts;
    p->slots = sim_base_alloc((size_t)opts->slots, sizeof(*p->slots));
    atomic_store(&p->runs, opts->runs);
    p->next_s = first_look[opts->look];
    return p;
}

void sim_progress_destroy(struct sim_progress *p)
{
    if (p != NULL) {
        free(p->slots);
        free(p);
    }
}

static struct slot *slot_of(struct sim_progress *p, int slot)
{
    SIM_REQUIRE(slot >= 0 && slot < p->opts.slots, "the slot is the thread's own");
    return &p->slots[slot];
}

void sim_progress_plan(struct sim_progress *p, int64_t runs)
{
    if (p != NULL) {
        atomic_store_explicit(&p->runs, runs, memory_order_relaxed);
    }
}

void sim_progress_begin(struct sim_progress *p, int slot)
{
    if (p != NULL) {
        sim_progress_tick(p, slot, p->opts.start_us, 0);
        atomic_store_explicit(&slot_of(p, slot)->is_running, true, memory_order_relaxed);
    }
}

void sim_progress_tick(struct sim_progress *p, int slot, int64_t now_us, int64_t events)
{
    if (p != NULL) {
        struct slot *s = slot_of(p, slot);

        atomic_store_explicit(&s->now_us, now_us, memory_order_relaxed);
        atomic_store_explicit(&s->events, events, memory_order_relaxed);
    }
}

void sim_progress_done(struct sim_progress *p, int slot, int64_t events, enum sim_run_status status)
{
    if (p == NULL) {
        return;
    }
    struct slot *s = slot_of(p, slot);

    atomic_store_explicit(&s->is_running, false, memory_order_relaxed);
    atomic_store_explicit(&s->events, 0, memory_order_relaxed);
    atomic_fetch_add_explicit(&p->events, events, memory_order_relaxed);
    if (status != SIM_RUN_SKIPPED) {
        atomic_fetch_add_explicit(&p->done, 1, memory_order_relaxed);
    }
    if (status == SIM_RUN_FAILED) {
        atomic_fetch_add_explicit(&p->failed, 1, memory_order_relaxed);
    }
}

struct reading {
    double share; // [0, 1] of the runs to be made now
    int64_t events;
    int64_t now_us; // of the first running slot
    int64_t runs;   // with those from before
    int64_t done;   // with those from before
    int64_t failed;
    double made; // [-] runs made now, with parts of those that run
};

static double run_share(const struct sim_progress *p, int64_t now_us)
{
    const double span = (double)(p->opts.until_us - p->opts.start_us);
    const double share = span > 0.0 ? (double)(now_us - p->opts.start_us) / span : 0.0;

    return share < 0.0 ? 0.0 : share > 1.0 ? 1.0 : share;
}

static struct reading read_all(struct sim_progress *p)
{
    struct reading r = {.now_us = p->opts.start_us};
    double runs = 0.0;
    bool is_first = true;

    for (int i = 0; i < p->opts.slots; i++) {
        struct slot *s = &p->slots[i];

        if (!atomic_load_explicit(&s->is_running, memory_order_relaxed)) {
            continue;
        }
        const int64_t now_us = atomic_load_explicit(&s->now_us, memory_order_relaxed);

        r.now_us = is_first ? now_us : r.now_us;
        is_first = false;
        runs += run_share(p, now_us);
        r.events += atomic_load_explicit(&s->events, memory_order_relaxed);
    }
    r.runs = atomic_load_explicit(&p->runs, memory_order_relaxed);
    r.done = atomic_load_explicit(&p->done, memory_order_relaxed);
    r.failed = atomic_load_explicit(&p->failed, memory_order_relaxed);
    r.events += atomic_load_explicit(&p->events, memory_order_relaxed);
    r.made = runs + (double)r.done;
    const double wanted = (double)(r.runs - p->opts.before);

    r.share = wanted > 0.0 && r.made < wanted ? r.made / wanted : 1.0;
    r.done += p->opts.before;
    r.done = r.done < r.runs ? r.done : r.runs; // some are made ahead, maybe for nothing
    return r;
}

/** "950 events/s", "12 k events/s", "1.2 M events/s"; of few things "0.8 runs/s". */
static void format_speed(char out[40], double per_s, const char *what)
{
    if (per_s < 10.0 && what[0] == 'r') {
        (void)snprintf(out, 40, "%.2g %s/s", per_s, what);
    } else if (per_s < 10e3) {
        (void)snprintf(out, 40, "%.0f %s/s", per_s, what);
    } else if (per_s < 1e6) {
        (void)snprintf(out, 40, "%.0f k %s/s", per_s / 1e3, what);
    } else {
        (void)snprintf(out, 40, "%.1f M %s/s", per_s / 1e6, what);
    }
}

/** [s] as it goes now; NaN while there is too little to go by. */
static double left_s_of(const struct reading *r, double wall_s)
{
    const bool is_known = r->share >= 0.005 || r->made >= 10.0;

    return is_known ? wall_s * (1.0 - r->share) / r->share : (double)NAN;
}

static void format_left(char out[40], double left_s)
{
    if (isnan(left_s)) {
        (void)snprintf(out, 40, "? left");
        return;
    }
    const int64_t s = left_s < 3.6e6 ? (int64_t)left_s : 3600000;

    if (s >= 3600) {
        (void)snprintf(out, 40, "%" PRId64 ":%02d h left", s / 3600, (int)(s / 60 % 60));
    } else {
        (void)snprintf(out, 40, "%d:%02d min left", (int)(s / 60), (int)(s % 60));
    }
}

/** [0, 1] of all runs, those from before too. */
static double overall(const struct sim_progress *p, const struct reading *r)
{
    const double runs = (double)r->runs;
    const double share = runs > 0.0 ? ((double)p->opts.before + r->made) / runs : 1.0;

    return share > 1.0 ? 1.0 : share;
}

/** The words beside the bar. */
static void format_words(const struct sim_progress *p, const struct reading *r, double wall_s,
                         char out[LINE_BYTES])
{
    char where[80] = "";
    char speed[40];
    char left[40];
    char failed[40] = "";
    const double per_s = wall_s > 0.0 ? 1.0 / wall_s : 0.0;

    if (r->runs == 1) {
        (void)sim_simtime_format_date(r->now_us, where);
        format_speed(speed, (double)r->events * per_s, "events");
    } else {
        (void)snprintf(where, sizeof(where), "%" PRId64 " of %" PRId64 " runs", r->done, r->runs);
        format_speed(speed, r->made * per_s, "runs");
    }
    if (r->failed > 0) {
        (void)snprintf(failed, sizeof(failed), "  %" PRId64 " failed", r->failed);
    }
    format_left(left, left_s_of(r, wall_s));
    (void)snprintf(out, LINE_BYTES, "%3.0f %%  %s%s  %s  %s", 100.0 * overall(p, r), where, failed,
                   speed, left);
}

static void draw_bar(struct sim_progress *p, double share, const char *words)
{
    const int room = p->opts.columns - (int)strlen(words) - 5;
    const int width = room > BAR_MAX ? BAR_MAX : room;
    char bar[BAR_MAX + 1] = "";

    if (width < BAR_MIN) { // a narrow terminal: words alone, cut
        sim_sink_print(&p->opts.sink, "\r\033[K%.*s", p->opts.columns > 1 ? p->opts.columns - 1 : 0,
                       words);
        return;
    }
    for (int i = 0; i < width; i++) {
        bar[i] = (double)i < share * (double)width ? '#' : '.';
    }
    bar[width] = '\0';
    sim_sink_print(&p->opts.sink, "\r\033[K[%s] %s", bar, words);
}

/** Lines come after 10 s, 30 s, and then each minute. */
static double next_line(double wall_s)
{
    if (wall_s < 30.0) {
        return 30.0;
    }
    return wall_s < 60.0 ? 60.0 : wall_s + 60.0;
}

/** One object a line; a program reads it as it comes. */
static void draw_json(struct sim_progress *p, const struct reading *r, double wall_s)
{
    const double per_s = wall_s > 0.0 ? 1.0 / wall_s : 0.0;
    const double left_s = left_s_of(r, wall_s);
    char left[40] = "null";

    if (!isnan(left_s)) {
        (void)snprintf(left, sizeof(left), "%.1f", left_s);
    }
    sim_sink_print(&p->opts.sink,
                   "{\"runs\": %" PRId64 ", \"done\": %" PRId64 ", \"failed\": %" PRId64
                   ", \"before\": %" PRId64 ", \"share\": %.4f, \"runs_per_s\": %.6g, "
                   "\"events_per_s\": %.6g, \"wall_s\": %.1f, \"left_s\": %s}\n",
                   r->runs, r->done, r->failed, p->opts.before, overall(p, r), r->made * per_s,
                   (double)r->events * per_s, wall_s, left);
}

static void draw(struct sim_progress *p, double wall_s)
{
    const struct reading r = read_all(p);
    char words[LINE_BYTES];

    format_words(p, &r, wall_s, words);
    switch (p->opts.look) {
    case SIM_PROGRESS_BAR:
        draw_bar(p, overall(p, &r), words);
        p->next_s = wall_s + 0.1;
        break;
    case SIM_PROGRESS_LINES:
        sim_sink_print(&p->opts.sink, "%s\n", words);
        p->next_s = next_line(wall_s);
        break;
    case SIM_PROGRESS_JSON:
        draw_json(p, &r, wall_s);
        p->next_s = wall_s + 1.0;
        break;
    }
    p->drawn++;
}

void sim_progress_draw(struct sim_progress *p, double wall_s)
{
    if (p != NULL && wall_s >= p->next_s) {
        draw(p, wall_s);
    }
}

void sim_progress_end(struct sim_progress *p, double wall_s)
{
    if (p == NULL) {
        return;
    }
    if (p->opts.look == SIM_PROGRESS_BAR && p->drawn > 0) {
        sim_sink_text(&p->opts.sink, "\r\033[K");
        p->drawn = 0;
    } else if (p->opts.look == SIM_PROGRESS_JSON) {
        draw(p, wall_s);
    }
}
