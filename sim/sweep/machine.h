/** @file
 * Facts about this machine and this process: for /execution and the summary, never for results.
 *
 * Floor 3. Thread-safe.
 */
#ifndef SIM_SWEEP_MACHINE_H
#define SIM_SWEEP_MACHINE_H

#include "sim/base/base.h"

double sim_machine_wall_s(void);  // [s] a steady clock; only differences mean something
double sim_machine_cpu_s(void);   // [s] of all threads of the process so far
double sim_machine_peak_mb(void); // [MB] largest resident memory so far
void sim_machine_host(char out[256]);
void sim_machine_utc(char out[32]); // "2026-01-01T06:30:15Z"

#endif
