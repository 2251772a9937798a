/** @file
 * A chain of causes: what holds an activity, what holds that, and so on.
 *
 * From an input that is short the chain goes upstream, to the giver that lacks most of what it
 * could give; from an output without room downstream, to the taker that lacks most of what it could
 * take. It ends at a capacity, at something switched off, where everybody on that side does all he
 * can or nobody is there, or where it comes back to itself. From a unit that its turndown switched
 * off it goes on with what was short for it when it was last tried (tried.h).
 */
#ifndef PARK_CHAIN_H
#define PARK_CHAIN_H

#include "models/park/why/cause.h"

enum {
    PARK_CHAIN_MOST = 20 // [-] steps
};

struct park_chain_step {
    int32_t activity;
    struct park_cause cause;
    bool is_tried; // as it was when the unit before it was last tried, and ran
    double rate;   // [1/s] then
};

enum park_chain_end {
    PARK_CHAIN_CAUSE,  // the last step's cause is the end: a capacity, or what switches it off
    PARK_CHAIN_DONE,   // all at the last step's pool do what they can
    PARK_CHAIN_NOBODY, // nobody is there
    PARK_CHAIN_CIRCLE, // it comes back to `back_to`
    PARK_CHAIN_LONG    // there is more
};

struct park_chain {
    struct park_chain_step steps[PARK_CHAIN_MOST];
    int count;
    enum park_chain_end end;
    int32_t back_to; // activity; -1
};

struct park_chain park_chain_follow(const struct park_cause_view *v, int32_t activity);

/** Who is to blame at a pool: whoever lacks most, else one who only passes on, else the only one.
 */
struct park_chain_culprit {
    int32_t activity; // -1: nobody is, all do what they can
    int count;        // how many face the port there
};

/** At the pool of `port`, of those who face it. */
struct park_chain_culprit park_chain_blame(const struct park_cause_view *v, int32_t port);

/** The same chain with a blaming of the caller's, which may remember what it found. */
typedef struct park_chain_culprit park_chain_blaming(void *user, const struct park_cause_view *v,
                                                     int32_t port);
struct park_chain park_chain_follow_by(const struct park_cause_view *v, int32_t activity,
                                       park_chain_blaming *by, void *user);

/** How somebody else stands at the pool of a port. */
enum park_chain_relation {
    PARK_CHAIN_FACES,  // on the other side: givers of a taker, takers of a giver
    PARK_CHAIN_BEFORE, // on its side, served before
    PARK_CHAIN_SHARES  // on its side, in its class
};

/** Ports of others that stand so to `port`; into `out` (room for `most`). Returns how many there
 * are. */
int park_chain_others(const struct park *p, int32_t port, enum park_chain_relation relation,
                      int32_t *out, int most);

#endif
