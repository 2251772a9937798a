// SPDX-License-Identifier: MIT
#include "sim/num/rng.h"

#include <Random123/philox.h>

#include <math.h>
#include <string.h>

static void make_block(const uint32_t key[2], uint64_t lower, const uint32_t upper[2],
                       uint32_t out[4])
{
    const philox4x32_ctr_t counter = {
        {(uint32_t)lower, (uint32_t)(lower >> 32), upper[0], upper[1]}};
    const philox4x32_key_t k = {{key[0], key[1]}};
    const philox4x32_ctr_t result = philox4x32_R(10, counter, k);
    memcpy(out, result.v, 4 * sizeof out[0]);
}

/** Two numbers mixed into 64 bits; `domain` keeps keys and streams apart. */
static void mix(uint64_t a, uint64_t b, uint32_t domain, uint32_t out[2])
{
    const uint32_t key[2] = {domain, UINT32_C(0x45434f50)}; // "ECOP"
    const uint32_t upper[2] = {(uint32_t)b, (uint32_t)(b >> 32)};
    uint32_t block[4];
    make_block(key, a, upper, block);
    out[0] = block[0];
    out[1] = block[1];
}

struct sim_rng sim_rng_make(uint64_t seed, uint64_t replication, uint64_t path_hash,
                            uint64_t purpose)
{
    struct sim_rng r = {.draw = 0};
    mix(seed, replication, 1, r.key);
    mix(path_hash, purpose, 2, r.stream);
    return r;
}

/** Draw n's half of its block. */
static uint64_t half_of(const uint32_t block[4], uint64_t n)
{
    const uint32_t *half = block + 2 * (n & 1);
    return (uint64_t)half[0] << 32 | half[1];
}

static double to_uniform(uint64_t bits, bool is_antithetic)
{
    const double u = ((double)(bits >> 12) + 0.5) * 0x1p-52;
    return is_antithetic ? 1 - u : u;
}

double sim_rng_uniform(struct sim_rng *r)
{
    const uint64_t n = r->draw++;
    if ((n & 1) == 0) {
        make_block(r->key, n >> 1, r->stream, r->block);
    }
    return to_uniform(half_of(r->block, n), r->is_antithetic);
}

uint64_t sim_rng_bits_at(const struct sim_rng *r, uint64_t n)
{
    uint32_t block[4];
    make_block(r->key, n >> 1, r->stream, block);
    return half_of(block, n);
}

double sim_rng_uniform_at(const struct sim_rng *r, uint64_t n)
{
    return to_uniform(sim_rng_bits_at(r, n), r->is_antithetic);
}

void sim_rng_seek(struct sim_rng *r, uint64_t n)
{
    r->draw = n;
    if ((n & 1) != 0) {
        make_block(r->key, n >> 1, r->stream, r->block);
    }
}

int64_t sim_rng_below(struct sim_rng *r, int64_t count)
{
    SIM_REQUIRE(count >= 1, "there must be something to choose from");
    const int64_t k = (int64_t)floor(sim_rng_uniform(r) * (double)count);
    return k < count ? k : count - 1;
}
