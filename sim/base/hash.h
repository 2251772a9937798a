/** @file
 * Fingerprints: XXH3 for keys and states, SHA-256 for files.
 *
 * sim_hash_bytes is XXH3-64 with a seed: its values are part of what a results file means (they
 * key the random numbers), so they must never change.
 *
 * Floor 0. Thread-safe.
 */
#ifndef SIM_BASE_HASH_H
#define SIM_BASE_HASH_H

#include "sim/base/base.h"
#include "sim/base/err.h"

uint64_t sim_hash_bytes(const void *bytes, size_t length, uint64_t seed);
uint64_t sim_hash_text(const char *text, uint64_t seed);

/** SHA-256 in lower-case hex, 64 letters and the ending zero. */
void sim_hash_sha256(const void *bytes, size_t length, char out_hex[65]);

/** Of a file's bytes. SIM_MISSING when it cannot be read. */
enum sim_status sim_hash_sha256_file(const char *path, char out_hex[65],
                                     struct sim_err *err) SIM_MUST_USE;

#endif
