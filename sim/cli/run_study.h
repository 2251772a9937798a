/** @file
 * `run STUDY --id N`: which run of a study is meant, and making just that one again.
 *
 * A run is named by its id in the results file, or by point and replication. Ids count the
 * replications that the rule asks for, point by point; where their number depends on results, the
 * id is looked up in the file of the sweep.
 *
 * Floor 4, for cmd_run.c alone.
 */
#ifndef SIM_CLI_RUN_STUDY_H
#define SIM_CLI_RUN_STUDY_H

#include "sim/cli/cli_study.h"

/** Options of `run` that name a run of a study. */
#define SIM_CLI_RUN_STUDY_OPTIONS                                                                  \
    {.name = "id", .value = "N", .help = "of a study: repeat the run of this id"},                 \
        {.name = "of",                                                                             \
         .value = "FILE",                                                                          \
         .help = "of a study: where ids are looked up if they vary"},                              \
        {.name = "point", .value = "P", .help = "of a study: the run by its point and ..."},       \
    {                                                                                              \
        .name = "replication", .value = "R", .help = "... its replication, from 0"                 \
    }

/** One run of a study. */
struct sim_run_study {
    struct sim_sweep_setup *setup; // owned
    int64_t id;                    // [-] -1: not known
    int64_t point;
    int32_t replication;
    struct sim_trial trial; // its `run` is the id
};

/** Load the study and find the run. SIM_USAGE where options do not go together, or name no run. */
enum sim_status sim_run_study_open(const struct sim_cli *cli, const struct sim_option_args *args,
                                   struct sim_run_study *out, struct sim_err *err);
void sim_run_study_close(struct sim_run_study *r);

/** SIM_USAGE when one of these options is given to a park. */
enum sim_status sim_run_study_refuse(const struct sim_option_args *args, struct sim_err *err);

/** SIM_USAGE when -o would replace a file of the whole study, or one of its inputs. */
enum sim_status sim_run_study_spare(const struct sim_run_study *r, const char *output,
                                    struct sim_err *err);

/** "run 17 of a.cfg: design alone, trucks = 3, replication 2"; owned by the caller (free). */
char *sim_run_study_words(const struct sim_run_study *r);

#endif
