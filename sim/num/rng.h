/** @file
 * Random numbers that belong to an entity and a purpose, not to a thread.
 *
 * Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"; code from
 * Random123): a keyed bijection of a 128-bit counter, so draw number n of a stream is computed
 * directly, in any order, on any machine. The key comes from (seed, replication), the upper half
 * of the counter from (hash of the entity's path, purpose), the lower half is the number of the
 * draw: a new firm, another order or another number of threads changes no other entity's draws.
 *
 * The struct is a plain value: copying it copies the stream's state.
 *
 * Floor 1. Thread-safe as long as a struct has one user.
 */
#ifndef SIM_NUM_RNG_H
#define SIM_NUM_RNG_H

#include "sim/base/base.h"

struct sim_rng {
    uint32_t key[2];    // from seed and replication
    uint32_t stream[2]; // from path and purpose: the counter's upper half
    uint64_t draw;      // number of the next draw; two draws come from one block
    uint32_t block[4];  // the block of draw - 1, valid when draw is odd
    bool is_antithetic; // gives 1 - u instead of u
};

/** `path_hash` = sim_hash_text(path, 0); `purpose` is a small number that the model chooses. */
struct sim_rng sim_rng_make(uint64_t seed, uint64_t replication, uint64_t path_hash,
                            uint64_t purpose);

/** (k + 1/2) 2^-52 with k uniform in [0, 2^52): inside (0, 1), symmetric, and 1 - u is exact. */
double sim_rng_uniform(struct sim_rng *r);

/** The uniform of draw number n; the state stays. */
double sim_rng_uniform_at(const struct sim_rng *r, uint64_t n);

void sim_rng_seek(struct sim_rng *r, uint64_t n); // the next draw is number n

/** Uniform in 0..count-1 from one draw; count >= 1. */
int64_t sim_rng_below(struct sim_rng *r, int64_t count);

/** 64 bits of draw n, for permutations and scrambling; not affected by is_antithetic. */
uint64_t sim_rng_bits_at(const struct sim_rng *r, uint64_t n);

#endif
