/** @file
 * What `export` writes of a park's results, besides series and runs: flows, the ledger, nodes,
 * emissions, and what held processes back.
 *
 * Thread-safe.
 */
#ifndef PARK_TABLE_H
#define PARK_TABLE_H

#include "sim/export/export.h"
#include "sim/sweep/model.h"

#define PARK_TABLE_COUNT 6

extern const struct sim_model_table park_table_all[PARK_TABLE_COUNT];

#define PARK_TABLE_EXPECTED 37

/** What they read by name. */
extern const struct sim_reader_expected park_table_expected[PARK_TABLE_EXPECTED];

#endif
