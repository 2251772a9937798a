/** @file
 * The yardstick: an event queue as a textbook writes it. A binary heap in an array; an event is
 * placed by its time, then by the number of its insertion. It knows no entities, no priorities and
 * no cancellation.
 */
#ifndef TESTS_TEXTBOOK_H
#define TESTS_TEXTBOOK_H

#include "sim/num/simtime.h"

struct textbook_event {
    sim_time when;
    int64_t sequence;
    int32_t kind;
    int32_t who;
};

struct textbook {
    struct textbook_event *heap;
    int count;
    int capacity;
    int64_t sequence;
};

struct textbook textbook_make(int capacity);
void textbook_free(struct textbook *h);
void textbook_push(struct textbook *h, sim_time when, int32_t kind, int32_t who);
bool textbook_pop(struct textbook *h, struct textbook_event *out);

#endif
