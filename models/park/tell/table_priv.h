/** @file
 * The tables that `export` writes of a park's results, one file each. Private.
 */
#ifndef PARK_TABLE_PRIV_H
#define PARK_TABLE_PRIV_H

#include "sim/export/export.h"
#include "sim/sweep/model.h"

sim_model_fill park_table_flows_means;
sim_model_fill park_table_flows_by_run;
sim_model_fill park_table_flows_ledger;
sim_model_fill park_table_nodes_fill;
sim_model_fill park_table_emissions_fill;
sim_model_fill park_table_held_fill;

#endif
