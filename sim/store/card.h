/** @file
 * The card of a study: all that its results file depends on besides the runs themselves.
 *
 * A sweep writes runs aside (parts.h) and composes the file from them at the end (compose.h), maybe
 * on another machine that has neither the park nor the study. So a card holds the schema whole, who
 * each point is, and the rule that says how many replications a point needs. It goes to card.json
 * in the folder of the parts.
 *
 * A point is known by its mark, a fingerprint of all that its runs depend on: the design as
 * resolved, the values of the axes, the seed, the program's version. A point keeps its mark when
 * others are added to the study or their order changes, so its finished runs stay finished. The
 * layout is a fingerprint of what a packed run looks like; runs of another layout cannot be used.
 *
 * Floor 2. Const once made; shared by all threads.
 */
#ifndef SIM_STORE_CARD_H
#define SIM_STORE_CARD_H

#include "sim/base/base.h"
#include "sim/base/err.h"
#include "sim/store/rule.h"
#include "sim/store/schema.h"

enum {
    SIM_CARD_MARK = 16 // [bytes]
};

struct sim_card_mark {
    unsigned char bytes[SIM_CARD_MARK];
};

/** All texts and arrays are borrowed, or owned by the card that sim_card_read made. */
struct sim_card {
    const struct sim_schema *schema; // `run` has length 0: it is as long as there are runs
    const char *source;              // program, version and commit
    const char *study_hash;          // hex, 64 letters
    uint64_t seed;
    int64_t points;
    const struct sim_card_mark *marks; // of each point
    const char *const *designs;        // names, `design_count`
    const int32_t *point_design;       // of each point
    int design_count;
    bool is_antithetic; // replications 2k and 2k + 1 are a pair: means and widths are of pairs
    struct sim_rule rule;
    int32_t shards; // [-] machines it was split over; 1: none. Point p belongs to p % shards
    void *own;      // private: what sim_card_read made; NULL
};

/** Fingerprint of how runs are packed: program and version, variables of scope RUN, SERIES and
 * POINT, and their own axes with their labels; not the number of points, not titles. */
void sim_card_layout(const struct sim_card *c, struct sim_card_mark *out);

/** Fingerprint of all of it but the number of shards: where it is the same, the same runs give the
 * same file, byte for byte (/execution and the compiler aside). */
void sim_card_hash(const struct sim_card *c, char out_hex[65]);

/** Write it to `path` whole (the number of shards too), read it again. SIM_WRITE; SIM_MISSING or
 * SIM_INPUT with what was wrong. */
enum sim_status sim_card_write(const struct sim_card *c, const char *path,
                               struct sim_err *err) SIM_MUST_USE;
enum sim_status sim_card_read(const char *path, struct sim_card **out,
                              struct sim_err *err) SIM_MUST_USE;
void sim_card_destroy(struct sim_card *c); // of sim_card_read; NULL is fine

#endif
