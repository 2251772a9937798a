// SPDX-License-Identifier: MIT
// Quantities of any currency, numbers as text, mistakes with their place.
#include "sim/base/strtab.h"
#include "sim/cfg/cfgtext.h"
#include "sim/sweep/study_priv.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- currencies ----

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
    return is_upper(c) || (c >= 'a' && c <= 'z');
}

/** The next word of just three capital letters that is no other unit; NULL after the last. */
static const char *next_currency(const char *text, char out[4])
{
    for (const char *p = text; *p != '\0';) {
        size_t n = 0;
        while (is_letter(p[n])) {
            n++;
        }
        if (n == 3 && is_upper(p[0]) && is_upper(p[1]) && is_upper(p[2])) {
            struct sim_unit unit;
            struct sim_err err;
            memcpy(out, p, 3);
            out[3] = '\0';
            if (sim_units_parse(NULL, out, &unit, &err) != SIM_OK) {
                return p + n;
            }
        }
        p += n > 0 ? n : 1;
    }
    return NULL;
}

struct sim_units *sim_study_units(const char *text)
{
    struct sim_units *units = sim_units_create(NULL);
    char name[4] = "";
    for (const char *p = next_currency(text, name); p != NULL; p = next_currency(p, name)) {
        struct sim_err err; // one that is there already is fine
        (void)sim_err_meaning(sim_units_add_currency(units, name, 1, &err));
    }
    return units;
}

// ---- quantities ----

/** Without a mark "[assumed: x]" at the end, trimmed. */
static char *without_mark(const char *text, struct sim_arena *arena)
{
    size_t n = sim_cfgtext_trim(&text, strlen(text));
    const char *open = memchr(text, '[', n);
    if (open != NULL && text[n - 1] == ']') {
        n = sim_cfgtext_trim(&text, (size_t)(open - text));
    }
    return sim_arena_strndup(arena, text, n);
}

enum sim_status sim_study_quantity(const char *text, struct sim_arena *arena,
                                   struct sim_study_quantity *out, struct sim_err *err)
{
    const char *bare = without_mark(text, arena);
    const char *unit = "";
    double number = 0;
    struct sim_quantity q = {0};
    struct sim_units *units = sim_study_units(bare);
    const enum sim_status status = sim_units_parse_quantity(units, bare, &q, err);
    sim_units_destroy(units);
    SIM_TRY(status);
    SIM_TRY(sim_units_parse_number(bare, &number, &unit, err));
    *out = (struct sim_study_quantity){
        .value = q.value, .si = q.si, .unit = q.unit, .text = sim_arena_strdup(arena, unit)};
    (void)next_currency(unit, out->money);
    return SIM_OK;
}

double sim_study_plain_number(double number, double size)
{
    char text[40] = "";
    for (int digits = 1; digits <= 15; digits++) {
        (void)snprintf(text, sizeof(text), "%.*g", digits, number);
        const double plain = strtod(text, NULL);
        if (fabs(plain - number) <= 4 * DBL_EPSILON * fabs(size)) {
            return plain;
        }
    }
    return number;
}

char *sim_study_number_text(double number, const char *unit, struct sim_arena *arena)
{
    char text[40] = "";
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof(text), "%.*g", digits, number);
        if (strtod(text, NULL) == number) {
            break;
        }
    }
    return unit[0] != '\0' ? sim_arena_format(arena, "%s %s", text, unit)
                           : sim_arena_strdup(arena, text);
}

static bool is_plain_zero(const struct sim_study_quantity *q)
{
    return q->text[0] == '\0' && q->value == 0;
}

char *sim_study_misfit(const struct sim_study_quantity *first, const struct sim_study_quantity *q,
                       const char *first_text, const char *text, struct sim_arena *arena)
{
    char is[SIM_UNITS_TEXT];
    char wanted[SIM_UNITS_TEXT];
    if (is_plain_zero(q) || is_plain_zero(first)) {
        return NULL;
    }
    if (!sim_units_is_same(first->unit.dim, q->unit.dim)) {
        return sim_arena_format(arena, "'%s' is %s, but '%s' is %s", text,
                                sim_units_dim_name(q->unit.dim, is), first_text,
                                sim_units_dim_name(first->unit.dim, wanted));
    }
    if (strcmp(first->money, q->money) != 0) {
        return sim_arena_format(arena,
                                "'%s' is in another currency than '%s', and a study does not know "
                                "the rate",
                                text, first_text);
    }
    return NULL;
}

// ---- mistakes ----

void sim_study_tell(struct sim_study_loading *l, const struct sim_node *n, const char *remedy,
                    const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *what = NULL;
    va_list again;
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, fmt, args);
    what = sim_base_alloc((size_t)length + 1, 1);
    (void)vsnprintf(what, (size_t)length + 1, fmt, again);
    va_end(again);
    va_end(args);
    char *path = sim_tree_path(n);
    const bool has_value = n->value_at.line > 0 && n->text != NULL;
    sim_diag_add(l->diag, SIM_DIAG_WRONG, has_value ? &n->value_at : &n->place, path, remedy, "%s",
                 what);
    free(path);
    free(what);
}

const char *sim_study_near(struct sim_arena *arena, const char *name, const char *const *names,
                           int count)
{
    const char *near = sim_strtab_nearest(name, names, count);
    if (near != NULL) {
        return sim_arena_format(arena, "did you mean '%s'?", near);
    }
    if (count == 0 || count > 12) {
        return NULL;
    }
    const char *all = "known:";
    for (int i = 0; i < count; i++) {
        all = sim_arena_format(arena, "%s%s '%s'", all, i > 0 ? "," : "", names[i]);
    }
    return all;
}
