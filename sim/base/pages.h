/** @file
 * Large pages for large memory, asked of the system.
 *
 * A page that is touched for the first time costs an interrupt, on a virtual machine some 15 us: at
 * 4 kB a page half of the time of a short run, and a third of that of loading a large park. With
 * pages of 2 MB it is nothing. What the system does not grant, or does not know, stays as it was.
 *
 * Floor 0. Thread-safe, but for sim_pages_begin.
 */
#ifndef SIM_BASE_PAGES_H
#define SIM_BASE_PAGES_H

#include "sim/base/base.h"

/** Let the heap of this process start, and grow, in steps of many pages. Once, at the start of a
 * program, before its other threads: libraries and tests work without it. */
void sim_pages_begin(void);

/** Memory that `malloc` has just given: let its whole large pages be such, if it has any worth it.
 * Its bytes stay as they are. */
void sim_pages_advise(void *memory, size_t bytes);

#endif
