// SPDX-License-Identifier: MIT
// Conditions on designs and axes: "design != alone and (trucks >= 2 or husk < 0.9e6 VND/t)".
//
//     condition  = all { "or" all }
//     all        = one { "and" one }
//     one        = "not" one | "(" condition ")" | operand sign operand
//     sign       = "==" | "!=" | "<" | "<=" | ">" | ">="
//     operand    = "design" | name of an axis | quantity | text, in quotes where it has spaces
#include "sim/base/strtab.h"
#include "sim/cfg/cfgtext.h"
#include "sim/sweep/study_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
    DEEPEST = 100 // nested parentheses and nots
};

enum sign {
    SIGN_EQ,
    SIGN_NE,
    SIGN_LT,
    SIGN_LE,
    SIGN_GT,
    SIGN_GE,
    SIGN_NONE
};

static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">="};

enum what {
    OPERAND_DESIGN,
    OPERAND_AXIS,
    OPERAND_NUMBER,
    OPERAND_TEXT
};

struct operand {
    enum what what;
    int axis;
    double si;
    struct sim_study_quantity quantity; // of a number
    const char *text;                   // as written, without quotes
};

enum node_kind {
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_COMPARE
};

struct node {
    enum node_kind kind;
    struct node *a, *b;
    enum sign sign;
    struct operand left, right;
};

struct sim_study_condition {
    struct sim_arena *arena;
    const struct sim_study_axes *axes;
    struct node *root;
};

struct parser {
    struct sim_study_condition *out;
    const char *p;
    int depth;
    struct sim_err *err;
    bool is_wrong;
};

// ---- letters ----

static void skip_spaces(struct parser *c)
{
    c->p += strspn(c->p, " \t\r\n");
}

static bool is_word_letter(char x)
{
    return (x >= 'a' && x <= 'z') || (x >= 'A' && x <= 'Z') || (x >= '0' && x <= '9') || x == '_' ||
           x == '-' || x == '.';
}

/** Does the word stand at `p`, with no letter after it? */
static bool is_word_at(const char *p, const char *word)
{
    const size_t n = strlen(word);
    return strncmp(p, word, n) == 0 && !is_word_letter(p[n]);
}

static bool take_word(struct parser *c, const char *word)
{
    skip_spaces(c);
    if (!is_word_at(c->p, word)) {
        return false;
    }
    c->p += strlen(word);
    return true;
}

#define WRONG(c, ...)                                                                              \
    do {                                                                                           \
        if (!(c)->is_wrong) {                                                                      \
            (void)sim_err_meaning(sim_err_set((c)->err, SIM_INPUT, __VA_ARGS__));                  \
        }                                                                                          \
        (c)->is_wrong = true;                                                                      \
    } while (0)

// ---- operands ----

/** Bytes of an operand without quotes: up to a sign, "and", "or", or a ')' that it did not open. */
static size_t operand_length(const char *p)
{
    int depth = 0;
    size_t n = 0;
    for (; p[n] != '\0'; n++) {
        const bool is_start = n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t');
        if (strchr("=!<>", p[n]) != NULL || (p[n] == ')' && depth == 0) ||
            (is_start && (is_word_at(p + n, "and") || is_word_at(p + n, "or")))) {
            break;
        }
        depth += p[n] == '(' ? 1 : p[n] == ')' ? -1 : 0;
    }
    return n;
}

static bool begins_as_number(const char *text)
{
    const char *p = text + (text[0] == '-' || text[0] == '+' ? 1 : 0);
    p += *p == '.' ? 1 : 0;
    return *p >= '0' && *p <= '9';
}

static struct operand bare_operand(struct parser *c, const char *text)
{
    struct operand o = {.what = OPERAND_TEXT, .text = text, .axis = -1};
    struct sim_err err = {0};
    if (strcmp(text, "design") == 0) {
        o.what = OPERAND_DESIGN;
        return o;
    }
    o.axis = sim_study_axis_find(c->out->axes, text);
    if (o.axis >= 0) {
        o.what = OPERAND_AXIS;
    } else if (begins_as_number(text) &&
               sim_study_quantity(text, c->out->arena, &o.quantity, &err) == SIM_OK) {
        o.what = OPERAND_NUMBER;
        o.si = o.quantity.si;
    }
    return o;
}

static struct operand read_operand(struct parser *c)
{
    skip_spaces(c);
    const char quote = *c->p;
    if (quote == '\'' || quote == '"') {
        const char *end = strchr(c->p + 1, quote);
        if (end == NULL) {
            WRONG(c, "the quote before '%s' is not closed", c->p + 1);
            return (struct operand){.text = ""};
        }
        const char *text = sim_arena_strndup(c->out->arena, c->p + 1, (size_t)(end - c->p) - 1);
        c->p = end + 1;
        return (struct operand){.what = OPERAND_TEXT, .text = text, .axis = -1};
    }
    const char *from = c->p;
    const size_t n = operand_length(from);
    const char *start = from;
    const size_t trimmed = sim_cfgtext_trim(&start, n);
    c->p += n;
    if (trimmed == 0) {
        WRONG(c, "a value or a name is missing %s%s", *c->p != '\0' ? "before " : "at the end",
              c->p);
    }
    return bare_operand(c, sim_arena_strndup(c->out->arena, start, trimmed));
}

static enum sign read_sign(struct parser *c)
{
    static const enum sign order[] = {SIGN_EQ, SIGN_NE, SIGN_LE, SIGN_GE, SIGN_LT, SIGN_GT};
    skip_spaces(c);
    for (int i = 0; i < SIM_COUNT(order); i++) {
        if (strncmp(c->p, signs[order[i]], strlen(signs[order[i]])) == 0) {
            c->p += strlen(signs[order[i]]);
            return order[i];
        }
    }
    if (*c->p == '=') {
        WRONG(c, "'=' is no comparison; write ==");
    } else {
        WRONG(c, "a comparison is wanted %s%s; write ==, !=, <, <=, > or >=",
              *c->p != '\0' ? "before " : "at the end", c->p);
    }
    return SIGN_NONE;
}

// ---- may the two be compared? ----

static bool is_numeric(const struct parser *c, const struct operand *o)
{
    return o->what == OPERAND_NUMBER ||
           (o->what == OPERAND_AXIS && c->out->axes->axes[o->axis].units != NULL);
}

static void require_known(struct parser *c, const struct operand *o)
{
    const struct sim_study_axes *a = c->out->axes;
    struct sim_arena *arena = c->out->arena;
    const char **names = SIM_ARENA_NEW(arena, const char *, a->axis_count + 1);
    memcpy(names, sim_study_axis_names(a, arena), (size_t)a->axis_count * sizeof(*names));
    names[a->axis_count] = "design";
    const char *near = sim_study_near(arena, o->text, names, a->axis_count + 1);
    WRONG(c, "'%s' is neither an axis nor 'design'%s%s", o->text, near != NULL ? "; " : "",
          near != NULL ? near : "");
}

/** A text beside an axis of texts must be one of its values. */
static void require_value(struct parser *c, const struct sim_study_axis *x, const char *text)
{
    for (int64_t i = 0; i < x->count; i++) {
        if (strcmp(x->texts[i], text) == 0) {
            return;
        }
    }
    const int count = x->count < 1000 ? (int)x->count : 0;
    const char *near = sim_study_near(c->out->arena, text, x->texts, count);
    WRONG(c, "'%s' is no value of the axis '%s'%s%s", text, x->name, near != NULL ? "; " : "",
          near != NULL ? near : "");
}

static const struct sim_study_quantity *unit_of(const struct parser *c, const struct operand *o)
{
    return o->what == OPERAND_AXIS ? &c->out->axes->axes[o->axis].first : &o->quantity;
}

static void check_numbers(struct parser *c, const struct operand *a, const struct operand *b)
{
    const char *why =
        sim_study_misfit(unit_of(c, a), unit_of(c, b), a->text, b->text, c->out->arena);
    // a bare 0 of an axis only says that its first value is 0, not that it has no unit
    if (why != NULL) {
        WRONG(c, "%s", why);
    }
}

static void check_texts(struct parser *c, struct node *n)
{
    const struct operand *o = n->left.what == OPERAND_TEXT || n->left.what == OPERAND_NUMBER
                                  ? &n->right
                                  : &n->left; // the axis or the design
    struct operand *other = o == &n->left ? &n->right : &n->left;
    if (n->sign != SIGN_EQ && n->sign != SIGN_NE) {
        WRONG(c, "'%s' and '%s' are texts, which have no order; write == or !=", n->left.text,
              n->right.text);
    } else if (o->what == OPERAND_DESIGN || other->what == OPERAND_AXIS) {
        return;
    } else if (o->what == OPERAND_AXIS && other->what != OPERAND_DESIGN) {
        other->what = OPERAND_TEXT;
        if (!c->out->axes->axes[o->axis].is_broken) {
            require_value(c, &c->out->axes->axes[o->axis], other->text);
        }
    }
}

static void check_comparison(struct parser *c, struct node *n)
{
    const bool left_names = n->left.what == OPERAND_AXIS || n->left.what == OPERAND_DESIGN;
    const bool right_names = n->right.what == OPERAND_AXIS || n->right.what == OPERAND_DESIGN;
    if (c->is_wrong) {
        return;
    }
    if (!left_names && !right_names) {
        require_known(c, n->left.what == OPERAND_TEXT ? &n->left : &n->right);
        return;
    }
    for (int i = 0; i < 2; i++) {
        const struct operand *o = i == 0 ? &n->left : &n->right;
        if (o->what == OPERAND_AXIS && c->out->axes->axes[o->axis].is_broken) {
            return; // told already
        }
    }
    const bool left = is_numeric(c, &n->left);
    const bool right = is_numeric(c, &n->right);
    if (left && right) {
        check_numbers(c, &n->left, &n->right);
    } else if ((left && n->left.what == OPERAND_AXIS) || (right && n->right.what == OPERAND_AXIS)) {
        const struct operand *number = left ? &n->left : &n->right;
        const struct operand *text = left ? &n->right : &n->left;
        struct sim_err err = {0};
        struct sim_study_quantity q = {0};
        const bool is_bad = text->what == OPERAND_TEXT && begins_as_number(text->text) &&
                            sim_study_quantity(text->text, c->out->arena, &q, &err) != SIM_OK;
        if (is_bad) {
            WRONG(c, "%s", err.text);
        } else {
            WRONG(c, "the values of '%s' are numbers, but '%s' is none", number->text, text->text);
        }
    } else {
        check_texts(c, n);
    }
}

// ---- the grammar ----

static struct node *read_any(struct parser *c);

static struct node *new_node(struct parser *c, enum node_kind kind, struct node *a, struct node *b)
{
    struct node *n = SIM_ARENA_NEW(c->out->arena, struct node, 1);
    *n = (struct node){.kind = kind, .a = a, .b = b};
    return n;
}

static struct node *read_comparison(struct parser *c)
{
    struct node *n = new_node(c, NODE_COMPARE, NULL, NULL);
    n->left = read_operand(c);
    n->sign = c->is_wrong ? SIGN_NONE : read_sign(c);
    if (!c->is_wrong) {
        n->right = read_operand(c);
        check_comparison(c, n);
    }
    return n;
}

static struct node *read_one(struct parser *c)
{
    struct node *n = NULL;
    if (++c->depth > DEEPEST) {
        WRONG(c, "more than %d parentheses and nots within each other", DEEPEST);
        return new_node(c, NODE_COMPARE, NULL, NULL);
    }
    if (take_word(c, "not")) {
        n = new_node(c, NODE_NOT, read_one(c), NULL);
    } else if (*c->p == '(') {
        c->p++;
        n = read_any(c);
        skip_spaces(c);
        if (*c->p == ')') {
            c->p++;
        } else {
            WRONG(c, "a closing ')' is missing %s%s", *c->p != '\0' ? "before " : "at the end",
                  c->p);
        }
    } else {
        n = read_comparison(c);
    }
    c->depth--;
    return n;
}

static struct node *read_all(struct parser *c)
{
    struct node *n = read_one(c);
    while (!c->is_wrong && take_word(c, "and")) {
        n = new_node(c, NODE_AND, n, read_one(c));
    }
    return n;
}

static struct node *read_any(struct parser *c)
{
    struct node *n = read_all(c);
    while (!c->is_wrong && take_word(c, "or")) {
        n = new_node(c, NODE_OR, n, read_all(c));
    }
    return n;
}

struct sim_study_condition *sim_study_condition_create(const struct sim_study_axes *a,
                                                       const char *text, struct sim_err *err)
{
    struct sim_arena *arena = sim_arena_create();
    struct sim_study_condition *condition = SIM_ARENA_NEW(arena, struct sim_study_condition, 1);
    struct parser c = {.out = condition, .err = err};
    condition->arena = arena;
    condition->axes = a;
    c.p = sim_arena_strdup(arena, text); // operands point into it
    condition->root = read_any(&c);
    skip_spaces(&c);
    if (*c.p != '\0') {
        WRONG(&c, "'%s' is not expected here; join conditions by and, or", c.p);
    }
    if (c.is_wrong) {
        sim_study_condition_destroy(condition);
        return NULL;
    }
    return condition;
}

void sim_study_condition_destroy(struct sim_study_condition *c)
{
    if (c != NULL) {
        sim_arena_destroy(c->arena); // and the condition itself
    }
}

// ---- what it says of a point ----

static double number_at(const struct sim_study_condition *c, const struct operand *o,
                        const struct sim_study_view *view)
{
    return o->what == OPERAND_NUMBER ? o->si
                                     : sim_units_to_si(c->axes->axes[o->axis].first.unit,
                                                       view->number(view->user, o->axis));
}

static const char *text_at(const struct operand *o, const struct sim_study_view *view)
{
    return o->what == OPERAND_DESIGN ? view->design
           : o->what == OPERAND_AXIS ? view->text(view->user, o->axis)
                                     : o->text;
}

static bool is_ordered(enum sign sign, int order)
{
    switch (sign) {
    case SIGN_EQ:
        return order == 0;
    case SIGN_NE:
        return order != 0;
    case SIGN_LT:
        return order < 0;
    case SIGN_LE:
        return order <= 0;
    case SIGN_GT:
        return order > 0;
    case SIGN_GE:
        return order >= 0;
    case SIGN_NONE:
        break;
    }
    return false;
}

static bool is_number_operand(const struct sim_study_condition *c, const struct operand *o)
{
    return o->what == OPERAND_NUMBER ||
           (o->what == OPERAND_AXIS && c->axes->axes[o->axis].units != NULL);
}

static bool compares(const struct sim_study_condition *c, const struct node *n,
                     const struct sim_study_view *view)
{
    if (!is_number_operand(c, &n->left) || !is_number_operand(c, &n->right)) {
        return is_ordered(n->sign, strcmp(text_at(&n->left, view), text_at(&n->right, view)));
    }
    const double a = number_at(c, &n->left, view);
    const double b = number_at(c, &n->right, view);
    return is_ordered(n->sign, sim_units_is_equal(a, b) ? 0 : a < b ? -1 : 1);
}

static bool holds(const struct sim_study_condition *c, const struct node *n,
                  const struct sim_study_view *view)
{
    switch (n->kind) {
    case NODE_AND:
        return holds(c, n->a, view) && holds(c, n->b, view);
    case NODE_OR:
        return holds(c, n->a, view) || holds(c, n->b, view);
    case NODE_NOT:
        return !holds(c, n->a, view);
    case NODE_COMPARE:
        break;
    }
    return compares(c, n, view);
}

bool sim_study_condition_holds(const struct sim_study_condition *c,
                               const struct sim_study_view *view)
{
    return holds(c, c->root, view);
}

// ---- designs that it names ----

static const char *stranger_in(const struct node *n, const char *const *designs, int count)
{
    if (n == NULL) {
        return NULL;
    }
    const char *found = stranger_in(n->a, designs, count);
    found = found != NULL ? found : stranger_in(n->b, designs, count);
    if (found != NULL || n->kind != NODE_COMPARE) {
        return found;
    }
    const bool is_left = n->left.what == OPERAND_DESIGN;
    const struct operand *other = is_left ? &n->right : &n->left;
    if ((!is_left && n->right.what != OPERAND_DESIGN) || other->what == OPERAND_AXIS ||
        other->what == OPERAND_DESIGN) {
        return NULL;
    }
    for (int i = 0; i < count; i++) {
        if (strcmp(designs[i], other->text) == 0) {
            return NULL;
        }
    }
    return other->text;
}

const char *sim_study_condition_stranger(const struct sim_study_condition *c,
                                         const char *const *designs, int count)
{
    return stranger_in(c->root, designs, count);
}

// ---- of a study file ----

void sim_study_load_conditions(struct sim_study_loading *l)
{
    const struct sim_texts *said = &l->file->study->only_if;
    for (int i = 0; i < said->count; i++) {
        struct sim_err err = {0};
        struct sim_study_condition *c = sim_study_condition_create(l->axes, said->at[i], &err);
        if (c == NULL) {
            sim_study_tell(l, said->nodes[i], NULL, "%s", err.text);
            continue;
        }
        SIM_VEC_PUSH(&l->axes->conditions, c);
        SIM_VEC_PUSH(&l->axes->condition_nodes, said->nodes[i]);
    }
}
