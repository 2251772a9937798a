// When all has come to rest, loops that could feed themselves do, one after the other: which, in
// what order, seen how wide. How one is raised: selffeed.c.
#include "sim/flow/rates_priv.h"

/** Pass a rise on, and hold those whom that would make faster than decided; by rations, nobody is.
 */
static enum sim_status pass_on(struct sim_rates *r, int32_t group, bool is_by_rations,
                               struct sim_err *err)
{
    enum {
        CORRECTIONS = 10
    };
    SIM_TRY(sim_rates_propagate(r, err));
    for (int i = 0; i < CORRECTIONS && !is_by_rations && sim_selffeed_correct(r, group); i++) {
        SIM_TRY(sim_rates_propagate(r, err));
    }
    return SIM_OK;
}

enum {
    RINGS = 6 // the widest view of a group
};

/** Raise the group around `block`; groups in the way are dissolved first. */
static enum sim_status raise_alone(struct sim_rates *r, int32_t block, struct sim_selffeed_way *way,
                                   bool *out_raised, struct sim_err *err)
{
    int32_t in_the_way = -1;
    for (;;) {
        r->raising = block;
        SIM_TRY(sim_selffeed_raise(r, block, way, out_raised, &in_the_way, err));
        if (in_the_way < 0) {
            return SIM_OK;
        }
        r->raising = -1;
        sim_selffeed_dissolve(r, in_the_way); // it is found again with this one, or after it
        SIM_TRY(sim_rates_propagate(r, err));
        if (way->is_joining && way->joined_count < SIM_COUNT(way->joined)) {
            way->joined[way->joined_count++] = in_the_way;
        }
    }
}

/** Raise the group around `block` and pass the rise on; `out_kept` whether what was decided holds
 * after that, and leaves nothing to circles that a wider view would show. */
static enum sim_status raise_and_pass(struct sim_rates *r, int32_t block,
                                      struct sim_selffeed_way *way, bool *out_raised,
                                      bool *out_kept, struct sim_err *err)
{
    enum {
        LOOSENINGS = 8
    };
    enum sim_status status = raise_alone(r, block, way, out_raised, err);
    if (status == SIM_OK && *out_raised) {
        status = pass_on(r, block, way->is_by_rations, err);
    }
    for (int i = 0; i < LOOSENINGS && *out_raised && status == SIM_OK; i++) {
        if (!sim_selffeed_loosen(r, block)) {
            break;
        }
        status = pass_on(r, block, way->is_by_rations, err);
    }
    r->raising = -1;
    *out_kept = way->is_by_rations ? sim_selffeed_is_even(r, block, true)
                                   : sim_selffeed_is_kept(r, block, way->rings == RINGS);
    if (*out_raised && *out_kept && status == SIM_OK && !way->is_by_rations && way->rings < RINGS) {
        *out_kept = !sim_selffeed_is_left_open(r, block, RINGS);
    }
    return status;
}

/** The ways to raise a group, one after the other until what is found still holds when the rise has
 * been passed on: ever wider; then outsiders by the rules, from the widest; in the end, the widest
 * all the same. */
static void next_way(struct sim_selffeed_way *way, bool *out_is_last)
{
    if (!way->is_by_rations) {
        way->is_by_rations = way->rings == RINGS;
        way->rings += way->rings == RINGS ? 0 : 1;
        return;
    }
    *out_is_last = way->rings == 0;
    way->is_by_rations = way->rings > 0;
    way->rings = way->rings > 0 ? way->rings - 1 : RINGS;
}

enum {
    PATIENCE = 4,         // tries from the narrowest view
    SPENT = INT32_MAX / 2 // so many tries say: raised with all in its way, it found nothing
};

/** Let the group around `block` feed itself, in a circle of pools just wide enough that what it
 * finds still holds when the rise has been passed on. */
static enum sim_status feed_block(struct sim_rates *r, int32_t block, struct sim_err *err)
{
    struct sim_selffeed_way way = {0};
    bool is_last = false;
    if (r->tries[block] == 0) {
        SIM_VEC_PUSH(&r->tried, block);
    }
    const int tries = r->tries[block]++; // groups that undo each other are
                                         // to meet in the end
    way.rings = tries > PATIENCE ? tries - PATIENCE : 0;
    way.rings = way.rings < RINGS ? way.rings : RINGS;
    way.is_joining = tries >= PATIENCE + RINGS;
    for (;; next_way(&way, &is_last)) {
        bool is_raised = false;
        bool is_kept = false;
        SIM_TRY(raise_and_pass(r, block, &way, &is_raised, &is_kept, err));
        if (!is_raised) {
            r->tries[block] = way.is_joining ? SPENT : r->tries[block];
            return SIM_OK;
        }
        if (is_last && !is_kept && !sim_selffeed_is_even(r, block, false)) {
            return sim_err_set(err, SIM_FAILED,
                               "how far a loop around '%s' can feed itself cannot be resolved; "
                               "change a priority or an order on it so that they do not cross",
                               r->net->activities[r->net->ports[block].activity].name);
        }
        if (is_last || is_kept) {
            r->work.self_fed++;
            return SIM_OK;
        }
        sim_selffeed_dissolve(r, block);
        SIM_TRY(sim_rates_propagate(r, err));
    }
}

/** The first block by name that waits to be fed; it waits no longer. (The
 * order of causes would depend on the way here.) */
static int32_t take_hungry(struct sim_rates *r)
{
    int first = 0;
    for (int i = 1; i < r->hungry.count; i++) {
        first = r->hungry.data[i] < r->hungry.data[first] ? i : first;
    }
    const int32_t block = r->hungry.data[first];
    r->hungry.data[first] = SIM_VEC_LAST(&r->hungry);
    r->hungry.count--;
    r->is_hungry[block] = false;
    return block;
}

enum sim_status sim_feed_all(struct sim_rates *r, struct sim_err *err)
{
    enum {
        ROUNDS = 1000
    };
    enum sim_status status = SIM_OK;
    if (r->hungry.count == 0 && r->seeds.count == 0) {
        return SIM_OK;
    }
    r->is_feeding = true;
    sim_selffeed_begin(r);
    status = sim_rates_propagate(r, err);
    for (int round = 0; r->hungry.count > 0 && status == SIM_OK; round++) {
        const int32_t block = take_hungry(r);
        if (r->block[block] != block || !sim_rates_is_circular(r, block) || !r->is_able[block] ||
            r->raised_by[block] >= 0 || r->tries[block] >= SPENT) {
            continue; // gone, or fed with another of its group, or it would only dissolve others
        }
        status = feed_block(r, block, err);
        if (status == SIM_OK && round >= ROUNDS) {
            status = sim_err_set(err, SIM_FAILED,
                                 "loops that feed themselves keep disturbing each other "
                                 "around '%s'",
                                 r->net->activities[r->net->ports[block].activity].name);
        }
    }
    for (int i = 0; i < r->tried.count; i++) {
        r->tries[r->tried.data[i]] = 0;
    }
    r->tried.count = 0;
    r->is_feeding = false;
    return status;
}
