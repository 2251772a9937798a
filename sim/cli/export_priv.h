/** @file
 * The tables of `export` that any model has. Private.
 */
#ifndef SIM_CLI_EXPORT_PRIV_H
#define SIM_CLI_EXPORT_PRIV_H

#include "sim/export/export.h"

enum sim_status sim_export_series_fill(struct sim_export *x, struct sim_export_csv *c,
                                       struct sim_err *err);
enum sim_status sim_export_series_runs(struct sim_export *x, struct sim_export_csv *c,
                                       struct sim_err *err);

#endif
