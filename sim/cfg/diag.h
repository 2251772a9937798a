/** @file
 * The mistakes found in what a user wrote, gathered and told together.
 *
 * Whoever reads a park adds each mistake here and goes on reading. At the end the list is sorted by
 * place (files in the order they were read, then line, then column), the same mistake told twice
 * is told once, and the text shows the source line with a caret:
 *
 *     configs/two.cfg:9: firms.mill.capcity: unknown key; did you mean 'capacity'?
 *         capcity = "3 t/h";
 *         ^~~~~~~
 *
 * The status of the whole is SIM_INPUT (65), or SIM_MISSING (66) where nothing is wrong but that an
 * input is missing, or SIM_OK where there are only warnings.
 *
 * Floor 2. One thread at a time. Strings given are copied; strings handed out are borrowed until
 * the list is destroyed.
 */
#ifndef SIM_CFG_DIAG_H
#define SIM_CFG_DIAG_H

#include "sim/base/base.h"
#include "sim/base/err.h"

struct sim_diag; // opaque: the list, and copies of the source texts that the carets need

enum sim_diag_level {
    SIM_DIAG_WARNING, // said, but the run goes on
    SIM_DIAG_MISSING, // a file that is named but not there
    SIM_DIAG_WRONG    // there, but wrong
};

/** Where something was written. All zero: nowhere in particular. */
struct sim_place {
    const char *file; // as named by the user, or relative to where the program runs; NULL if none
    int line;         // 1 is the first, 0 unknown
    int column;       // 1 is the first byte of the line, 0 unknown
    int length;       // [bytes] what the caret underlines, 0 unknown
    const char *via;  // not written in the park file: "--set", "design shared", "table firms.csv
                      // row 7", "default"; NULL where file and line say it all
};

struct sim_mistake {
    enum sim_diag_level level;
    struct sim_place place;
    const char *path;   // "firms.mill.processes.paper.capacity"; "" where none
    const char *what;   // what was wrong: "-1 t/h is below 0 t/h"
    const char *remedy; // what would be right: "did you mean 'capacity'?"; "" where none
    const char *source; // the source line, without its end; NULL where unknown
};

struct sim_diag *sim_diag_create(void);
void sim_diag_destroy(struct sim_diag *d); // NULL is fine

/** Remember the text of a file, so that its lines can be shown. Order of calls is the order of
 * files in the list. A second call for the same name is ignored. */
void sim_diag_source(struct sim_diag *d, const char *file, const char *text, size_t length);

/** From now on, what is added without an origin has this one ("design shared"); NULL: none again.
 * The same mistake is told once without an origin, or else once for each; a warning once. */
void sim_diag_via(struct sim_diag *d, const char *via);

/** Add one mistake. `place` may be NULL, `path` and `remedy` NULL or "". */
void sim_diag_add(struct sim_diag *d, enum sim_diag_level level, const struct sim_place *place,
                  const char *path, const char *remedy, const char *fmt, ...) SIM_PRINTF(6, 7);

int sim_diag_count(const struct sim_diag *d); // different mistakes and warnings
int sim_diag_wrong(const struct sim_diag *d); // without the warnings
enum sim_status sim_diag_status(const struct sim_diag *d);

/** The i-th in order of place, 0 <= i < sim_diag_count. Adding may reorder. */
const struct sim_mistake *sim_diag_at(struct sim_diag *d, int i);

/** All as text, at most `limit` of them (0: 50) and then how many more; ends with a newline unless
 * empty. Owned by the caller (free). */
char *sim_diag_render(struct sim_diag *d, int limit);

/** One mistake without source line: "a.cfg:9: path: what; remedy". Owned by the caller (free). */
char *sim_diag_line(const struct sim_mistake *m);

/** Status and rendered text (as much as fits whole) into err; SIM_OK leaves it untouched. */
enum sim_status sim_diag_to_err(struct sim_diag *d, struct sim_err *err);

#endif
