/** @file
 * The program around a model: `ecopark check park.cfg` and its sisters.
 *
 * The engine's commands are check, run and info; the model adds its own. Data go to standard
 * output, messages to standard error. The exit code is an `enum sim_status`: 0 done, 1 some runs
 * failed, 2 the command line is wrong, 65 an input is wrong, 66 an input is missing, 73 cannot
 * write, 75 stopped.
 *
 * Floor 4. Called once, from main; takes INT and TERM while runs are made.
 */
#ifndef SIM_CLI_CLI_H
#define SIM_CLI_CLI_H

#include "sim/sweep/model.h"

/** Run the command that argv names; returns the exit code. */
int sim_cli_main(int argc, char **argv, const struct sim_model *model);

#endif
