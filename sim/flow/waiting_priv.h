/** @file
 * What waits to be computed, causes first.
 *
 * Components (network_priv.h) are numbered in order of causes, and nearly all consist of one port:
 * these wait as bits in a tree of words, so putting one in or taking the first out costs a few
 * nanoseconds however many wait. Blocks of larger components wait in a heap by their keys
 * (labels.c). For sim/flow only.
 */
#ifndef SIM_FLOW_WAITING_PRIV_H
#define SIM_FLOW_WAITING_PRIV_H

#include "sim/flow/network_priv.h"

struct sim_waiting;

struct sim_waiting *sim_waiting_create(const struct sim_network *net);
void sim_waiting_destroy(struct sim_waiting *w); // NULL is fine
void sim_waiting_clear(struct sim_waiting *w);

/** The block that begins at `port` waits, with its key; it must not wait yet. */
void sim_waiting_push(struct sim_waiting *w, int32_t port, uint64_t key);

/** Take the first out; -1: none waits. */
int32_t sim_waiting_pop(struct sim_waiting *w);

#endif
