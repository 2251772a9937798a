/** @file
 * What the commands around studies share: is this a study, load it, spare its inputs.
 *
 * Floor 4, for the files of `cli` alone.
 */
#ifndef SIM_CLI_CLI_STUDY_H
#define SIM_CLI_CLI_STUDY_H

#include "sim/cli/cli_priv.h"
#include "sim/sweep/progress.h"
#include "sim/sweep/sweep_setup.h"

/** "ecopark 0.1.0 (1a2b3c4)": what a file says of its origin; owned by the caller (free). */
char *sim_cli_source(const struct sim_cli *cli);

/** SIM_USAGE with what is right when `path` is there and no study. */
enum sim_status sim_cli_study_check(const struct sim_cli *cli, const char *command,
                                    const char *path, struct sim_err *err);

/** Load a study, and tell its mistakes and warnings. Owned by the caller
 * (sim_sweep_setup_destroy). */
enum sim_status sim_cli_study_load(const struct sim_cli *cli, const char *path,
                                   struct sim_sweep_setup **out, struct sim_err *err);

/** SIM_USAGE when `path` or its part would replace a file that the study reads. */
enum sim_status sim_cli_study_spare(const struct sim_sweep_setup *s, const char *option,
                                    const char *path, struct sim_err *err);

/** SIM_USAGE when `path` or its part is `input`. */
enum sim_status sim_cli_spare(const char *option, const char *path, const char *input,
                              struct sim_err *err);

/** SIM_USAGE when `path` is a file with something in it that is no results file of this program;
 * SIM_WRITE when it is a folder or a device. */
enum sim_status sim_cli_spare_strangers(const char *option, const char *path, struct sim_err *err);

int sim_cli_columns(void); // [-] of the terminal; 80 where it does not say

#endif
