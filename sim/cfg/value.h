/** @file
 * The forms a value may take wherever a number may stand.
 *
 *     "14 t/h"                                    a quantity
 *     "9 t/h [assumed: VNCPC 2015]"               with mark and source, which travel into results
 *     "triangular(1.4 h, 1.6 h, 2.3 h)"           a distribution, sim/num/dist.h
 *     "normal(1.9 t/t, 0.1 t/t, min = 0 t/t)"
 *     "empirical(data/x.csv)"
 *     "profile(sun)"  "tariff(grid)"              a reference
 *     "curve(40 %: 0.31 t/t, 100 %: 0.27 t/t)"    points of a load curve
 *     ">= 165 degC"                               a limit
 *
 * A bare number is for counts and for keys without dimension; a bare 0 stands for 0 of any unit.
 * Inside, all is SI; `unit` keeps what was written. Marks: published, derived, recalled,
 * assumed, calibrated; others warn.
 *
 * Floor 2. Parsing belongs to one thread; parsed values are plain data, their strings live in the
 * arena given.
 */
#ifndef SIM_CFG_VALUE_H
#define SIM_CFG_VALUE_H

#include "sim/base/arena.h"
#include "sim/base/base.h"
#include "sim/base/err.h"
#include "sim/cfg/diag.h"
#include "sim/cfg/tree.h"
#include "sim/num/dist.h"
#include "sim/num/units.h"

enum sim_value_form {
    SIM_VALUE_NONE, // absent, or wrong and told
    SIM_VALUE_QUANTITY,
    SIM_VALUE_DIST,
    SIM_VALUE_PROFILE,
    SIM_VALUE_TARIFF,
    SIM_VALUE_CURVE,
    SIM_VALUE_LIMIT
};

enum sim_form_set { // forms that a key allows
    SIM_FORM_QUANTITY = 1 << SIM_VALUE_QUANTITY,
    SIM_FORM_DIST = 1 << SIM_VALUE_DIST,
    SIM_FORM_PROFILE = 1 << SIM_VALUE_PROFILE,
    SIM_FORM_TARIFF = 1 << SIM_VALUE_TARIFF,
    SIM_FORM_CURVE = 1 << SIM_VALUE_CURVE,
    SIM_FORM_LIMIT = 1 << SIM_VALUE_LIMIT
};

enum sim_value_op {
    SIM_VALUE_EQ,
    SIM_VALUE_LE,
    SIM_VALUE_LT,
    SIM_VALUE_GE,
    SIM_VALUE_GT
};

enum sim_value_mark {
    SIM_MARK_NONE,
    SIM_MARK_PUBLISHED,
    SIM_MARK_DERIVED,
    SIM_MARK_RECALLED,
    SIM_MARK_ASSUMED,
    SIM_MARK_CALIBRATED,
    SIM_MARK_OTHER // told as a warning; `mark_text` has the word
};

struct sim_value_point {
    double x; // SI, of dimension x_dim
    double y; // SI, of dimension dim
};

struct sim_value {
    enum sim_value_form form;
    enum sim_value_op op; // SIM_VALUE_LIMIT
    double si;            // quantity, limit: in SI (kg, m3, J, s, money of the park, K for degC)
    double written;       // the number as written
    const char *unit;     // as written, "" for a bare number; NULL where the form has none
    struct sim_dim dim;   // of quantity, limit, distribution (of what is drawn), curve (of y); of a
                          // profile or tariff the one that its key wants, where that is known
    struct sim_dist *dist;          // SIM_VALUE_DIST; parameters in SI; else NULL
    const char *name;               // profile, tariff: what it refers to
    const char *file;               // distribution empirical(...): its file, as it can be opened
    struct sim_value_point *points; // curve, ascending in x
    int point_count;
    struct sim_dim x_dim;
    enum sim_value_mark mark;
    const char *mark_text;       // NULL if none
    const char *source;          // text after "mark:", NULL if none
    const struct sim_node *node; // where it stands
};

/** Read the value of a scalar node. Wrong: told in `d`, form is SIM_VALUE_NONE. `forms` 0 means
 * quantity only. `key` describes what is wanted in messages, e.g. "a rate such as \"3 t/h\"", or
 * NULL. `t` is needed to read empirical files (NULL: they are refused). */
struct sim_value sim_value_parse(const struct sim_node *node, unsigned forms,
                                 const struct sim_units *units, struct sim_tree *t,
                                 struct sim_arena *arena, struct sim_diag *d);

/** Is the value's dimension `dim`? If not, a mistake at `node` that shows the unit `example`
 * ("t/h"), and false. Forms without dimension (profile, tariff, none) are fine. */
bool sim_value_expect(const struct sim_value *v, struct sim_dim dim, const char *example,
                      struct sim_diag *d);

/** Is it within [min, max] (SI; -INFINITY, INFINITY: open)? Distributions by the bounds of what
 * they can give where finite, else by their mean. `min_text`, `max_text` are for the message. */
bool sim_value_within(const struct sim_value *v, double min, double max, const char *min_text,
                      const char *max_text, struct sim_diag *d);

/** "distribution", "profile(...)", ...; for messages: "a quantity, a distribution or profile(...)".
 * Owned by the caller (free). */
char *sim_value_forms_text(unsigned forms);

const char *sim_value_mark_name(enum sim_value_mark mark); // "assumed"; "" for none

#endif
