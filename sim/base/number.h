/** @file
 * Numbers as people read them: a few digits, thousands apart, exponents only where nothing else
 * will do. For summaries and tables, never for what is read back.
 *
 * Floor 0. Any thread.
 */
#ifndef SIM_BASE_NUMBER_H
#define SIM_BASE_NUMBER_H

#define SIM_NUMBER_TEXT 64 // bytes that a number as text needs

/** "79,056", "9.50", "0.0123": readable, with separators of thousands. Returns `out`. */
char *sim_number_text(double value, char out[SIM_NUMBER_TEXT]);

#endif
