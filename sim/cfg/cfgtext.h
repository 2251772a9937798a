/** @file
 * Small help with text for the files of sim/cfg: a growing text, UTF-8, spaces.
 *
 * Floor 2. Thread-safe.
 */
#ifndef SIM_CFG_CFGTEXT_H
#define SIM_CFG_CFGTEXT_H

#include "sim/base/base.h"
#include "sim/base/vec.h"

typedef SIM_VEC(char) sim_cfgtext; // zeroed to start

void sim_cfgtext_bytes(sim_cfgtext *b, const char *text, size_t length);
void sim_cfgtext_put(sim_cfgtext *b, const char *text);
void sim_cfgtext_format(sim_cfgtext *b, const char *fmt, ...) SIM_PRINTF(2, 3);
char *sim_cfgtext_done(sim_cfgtext *b); // owned by the caller (free); the buffer is empty again

/** Offset of the first byte that is not UTF-8 (or is zero); `length` when all is well. */
size_t sim_cfgtext_bad_utf8(const char *text, size_t length);

/** For terminals and JSON: bytes that are not UTF-8 become '?', control characters but tab ' '. */
void sim_cfgtext_clean(char *text);

/** What a file is that can be neither settings nor a table: a results file, a spreadsheet, UTF-16,
 * a page of the web, JSON. NULL for a text.
 * `*remedy` says what to do with it. */
const char *sim_cfgtext_stranger(const char *text, size_t length, const char **remedy);

/** Moves *text past spaces and gives the length without those at the end. */
size_t sim_cfgtext_trim(const char **text, size_t length);

#endif
