/** @file
 * A park in a test: load it, make runs, look up what came out by label.
 *
 * The whole path of `ecopark run` but for the command line and the file: loader, network, loop,
 * ledger, row. Mistakes end the test program with their words.
 */
#ifndef TESTS_PARK_KIT_H
#define TESTS_PARK_KIT_H

#include "models/park/base/park.h"
#include "models/park/trial/run.h"
#include "sim/num/stats.h"
#include "sim/store/row.h"
#include "sim/store/schema.h"

struct park_kit {
    struct park *park;
    struct sim_schema *schema;
    struct sim_row *row;
    struct park_run *run;
    struct sim_model_end end;
    struct sim_err err;
};

/** Load a file with overrides "PATH=VALUE" (`count` of them). */
void park_kit_open(struct park_kit *k, const char *path, const char *const *overrides, int count);

/** Load a park from text; paths in it are as seen from the root of the tree. */
void park_kit_open_text(struct park_kit *k, const char *text);

/** The same, but false, with its words in `out_why` (to be freed by the caller), when it is
 * refused. */
bool park_kit_try_text(struct park_kit *k, const char *text, char **out_why);
void park_kit_close(struct park_kit *k);

/** One run with the park's seed; the row holds the results when it is SIM_OK. `trace`: NULL. */
enum sim_status park_kit_make(struct park_kit *k, int64_t replication,
                              const struct sim_sink *trace);

/** Of the last run, in the stream's unit. `label` "from > to: stream"; it must be there. */
double park_kit_total(const struct park_kit *k, const char *label);
double park_kit_unserved(const struct park_kit *k, const char *label);
double park_kit_money(const struct park_kit *k, const char *label);
double park_kit_co2e(const struct park_kit *k, const char *label);
double park_kit_stock_end(const struct park_kit *k, const char *stock);
double park_kit_stock(const struct park_kit *k, const char *stock, const char *what); // "_decayed"
double park_kit_level_mean(const struct park_kit *k, const char *stock); // over all instants
double park_kit_series(const struct park_kit *k, const char *label, int64_t interval);
double park_kit_level(const struct park_kit *k, const char *stock, int64_t instant);
double park_kit_hours(const struct park_kit *k, const char *series, const char *process,
                      int64_t interval); // series "running" or "down"

/** Largest |residual| / throughput over all streams of the last run. */
double park_kit_worst_balance(const struct park_kit *k);

/** A fingerprint of all bytes of the row. */
uint64_t park_kit_hash(const struct park_kit *k);

#endif
