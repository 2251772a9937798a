/** @file
 * A counted resource with a queue: repair crews, loading bays, trucks.
 *
 * A *job* asks for one server. Free servers are given at once; otherwise the job waits, and the
 * waiting come by priority (lower number first), then time of request, then rank of the entity,
 * then the order in which that entity asked. With `preempts`, a job that finds all servers busy
 * takes one from the holder of the lowest priority below its own, among those the one served
 * last; that holder is told, and waits again with its old time of request.
 *
 * This is a data structure, not a process: it pushes no event and knows no work. Who called it is
 * told what became of each job by *notes*, taken with sim_resource_next_note until there is none;
 * the caller's loop then pushes or cancels the end of the work. How much work is left to a
 * suspended job is the caller's to know; the note says how long the server was held.
 *
 *     sim_resource_request(r, now, priority, who, tag);
 *     while (sim_resource_next_note(r, &note)) {
 *         if (note.what == SIM_RESOURCE_GRANTED) { ...push the end of the work of note.tag... }
 *     }
 *
 * Servers come and go by sim_resource_resize, or with a calendar: then the caller pushes an event
 * at sim_resource_next_turn and calls sim_resource_turn when it comes. What is under way when a
 * server goes is finished by default (the server leaves when released), or suspended.
 *
 * The rule that surprises: a request that finds a free server is granted in the same call, even
 * if a job of better priority asks later at the same instant: order such events by priority.
 *
 * Floor 2. One resource belongs to one run. Nothing is allocated after warm-up.
 */
#ifndef SIM_CORE_RESOURCE_H
#define SIM_CORE_RESOURCE_H

#include "sim/base/base.h"
#include "sim/num/calendar.h"
#include "sim/num/simtime.h"
#include "sim/num/stats.h"

struct sim_resource; // opaque: jobs, the queue and the statistics live in resource.c

/** Names one job that waits or is served; by value. Zero names none. */
typedef struct sim_job {
    uint64_t id;
} sim_job;

enum sim_resource_closing {
    SIM_RESOURCE_FINISH, // work under way is finished, then the server goes
    SIM_RESOURCE_SUSPEND // work under way stops at once and waits
};

struct sim_resource_opts {
    int servers;                         // [-] 0 or more; while open
    int places;                          // [-] that may wait; -1: any number
    bool preempts;                       // may a better priority take a server?
    enum sim_resource_closing closing;   // when servers go
    const struct sim_calendar *calendar; // borrowed while the resource lives; NULL: always open
};

enum sim_resource_news {
    SIM_RESOURCE_GRANTED,  // has a server from now on
    SIM_RESOURCE_RESUMED,  // has one again after a suspension
    SIM_RESOURCE_SUSPENDED // lost its server and waits; held_us says how long it had it
};

struct sim_resource_note {
    enum sim_resource_news what;
    int32_t who;        // [-] rank of the entity that asked
    int32_t tag;        // [-] the caller's own, as given with the request
    sim_job job;        // the job it is about
    sim_job cause;      // of SUSPENDED: the job that took the server; zero if the server went
    sim_time waited_us; // [us] in this last spell of waiting
    sim_time held_us;   // [us] of SUSPENDED: since the server was last given
};

struct sim_resource_stats {
    int64_t requested; // [-] all requests
    int64_t refused;   // [-] found no server and no place to wait
    int64_t withdrawn; // [-] left before they were released
    int64_t waited;    // [-] of the granted, had to wait for more than no time
    int64_t suspended; // [-] times that a job lost its server
    int64_t released;  // [-] jobs done

    struct sim_stats wait_us; // [us] from request to first grant; its count is that of the granted
    double queue_mean;        // [-] waiting jobs over time
    int queue_max;            // [-] that waited at one instant
    double busy_mean;         // [-] servers busy over time
    double servers_mean;      // [-] servers there over time, a leaver until it has gone
    double utilisation;       // [0-1] busy_mean / servers_mean; 0 where no server was ever there
};

struct sim_resource_opts sim_resource_opts_default(void); // 1 server, any queue, no preemption

/** Owned by the caller. Time starts at `start`, open or closed as the calendar says. */
struct sim_resource *sim_resource_create(const struct sim_resource_opts *opts, sim_time start);
void sim_resource_destroy(struct sim_resource *r);               // NULL is fine
void sim_resource_reset(struct sim_resource *r, sim_time start); // as created; keeps memory

/** Ask for a server. Zero when refused: all busy and no place left to wait. Times must not go
 * backwards, here and below. */
sim_job sim_resource_request(struct sim_resource *r, sim_time now, int32_t priority, int32_t who,
                             int32_t tag);

/** Give the server back: the work is done. It is a bug if the job holds none. */
void sim_resource_release(struct sim_resource *r, sim_time now, sim_job job);

/** The job goes away, waiting or served; false when it was gone already. */
bool sim_resource_withdraw(struct sim_resource *r, sim_time now, sim_job job);

/** From now on there are so many servers while open. */
void sim_resource_resize(struct sim_resource *r, sim_time now, int servers);

/** When the calendar opens or closes next after `now`; SIM_TIME_NEVER without a calendar. */
sim_time sim_resource_next_turn(const struct sim_resource *r, sim_time now);

/** Open or close as the calendar says for `now`; harmless at any time. */
void sim_resource_turn(struct sim_resource *r, sim_time now);

/** Take the oldest note; false when there is none. Notes stay until taken. */
bool sim_resource_next_note(struct sim_resource *r, struct sim_resource_note *out);

bool sim_resource_is_open(const struct sim_resource *r);
int sim_resource_servers(const struct sim_resource *r); // [-] there now: 0 when closed
int sim_resource_busy(const struct sim_resource *r);    // [-] may be above servers while closing
int sim_resource_waiting(const struct sim_resource *r); // [-]
bool sim_resource_is_held(const struct sim_resource *r, sim_job job);
bool sim_resource_is_waiting(const struct sim_resource *r, sim_job job);

/** Forget what was counted so far (end of warm-up); jobs stay. */
void sim_resource_restart_stats(struct sim_resource *r, sim_time now);

/** What was counted from the start, or the restart, until `now`. */
struct sim_resource_stats sim_resource_stats(const struct sim_resource *r, sim_time now);

/** Walk the whole state; what is broken ends the program (ECO_VALIDATE). O(n). */
void sim_resource_validate(const struct sim_resource *r);

#endif
