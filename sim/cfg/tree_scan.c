// SPDX-License-Identifier: MIT
// What libconfig would only call "syntax error" is found here, with its column and a remedy, and
// repaired, so that reading goes on and all mistakes are told at once. The clean text that comes
// out is what libconfig reads.
#include "sim/base/strtab.h"
#include "sim/cfg/tree_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum token_kind {
    TOKEN_END,
    TOKEN_WORD, // a name, a number, true, or what stands there by mistake
    TOKEN_TEXT, // in quotes
    TOKEN_EQUALS,
    TOKEN_SEMICOLON,
    TOKEN_COMMA,
    TOKEN_OPEN, // { ( [
    TOKEN_CLOSE // } ) ]
};

struct token {
    enum token_kind kind;
    char letter;       // of brackets
    bool unfinished;   // a text whose closing quote is missing
    const char *meant; // a text with one quote missing, as it was probably meant; else NULL
    int line;          // of the spliced text
    size_t at;
    size_t length; // with the quotes
};

struct scanner {
    struct sim_tree *tree;
    struct sim_diag *diag;
    const struct sim_tree_text *x;
    SIM_VEC(struct token) tokens;
    int at; // the token to look at
    int depth;
    int muted;                        // > 0: what is read is left out
    int open[SIM_TREE_MAX_DEPTH + 1]; // tokens of the brackets around
    int suspect;                      // a bracket that is probably the one not closed, -1
    int lost_from; // what is wrong from this line on follows from what was told of it; -1: none
    struct sim_strtab *names; // "group number/name", to find duplicates
    SIM_VEC(int) name_tokens; // where each of them stood first
    int group_count;
    SIM_VEC(char) clean;
    SIM_VEC(struct sim_tree_event) events;
    SIM_VEC(size_t) clean_at;
};

// ---- tokens ---------------------------------------------------------------------------

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == '\0';
}

static bool ends_word(const char *p)
{
    return is_space(*p) || strchr("=:;,{}[]()\"#", *p) != NULL ||
           (p[0] == '/' && (p[1] == '/' || p[1] == '*'));
}

/** The offset after spaces and comments; `*open`: of a comment that is never closed. */
static size_t skip_blank(const char *text, size_t i, size_t length, int *line, size_t *open)
{
    while (i < length) {
        if (text[i] == '#' || (text[i] == '/' && text[i + 1] == '/')) {
            while (i < length && text[i] != '\n') {
                i++;
            }
        } else if (text[i] == '/' && text[i + 1] == '*') {
            const size_t start = i;
            for (i += 2; i < length && !(text[i] == '*' && text[i + 1] == '/'); i++) {
                *line += text[i] == '\n' ? 1 : 0;
            }
            *open = i < length ? *open : start;
            i = i < length ? i + 2 : length;
        } else if (is_space(text[i])) {
            *line += text[i++] == '\n' ? 1 : 0;
        } else {
            break;
        }
    }
    return i;
}

/** A text ends on its line: a missing quote would turn the rest of the file inside out. */
static void quoted_token(const char *text, size_t length, struct token *t)
{
    size_t i = t->at + 1;
    while (i < length && text[i] != '"' && text[i] != '\n') {
        i += text[i] == '\\' && i + 1 < length && text[i + 1] != '\n' ? 2 : 1;
    }
    i = i < length ? i : length;
    t->kind = TOKEN_TEXT;
    t->unfinished = i >= length || text[i] != '"';
    while (t->unfinished && i > t->at + 1 && strchr(" \t\r;,", text[i - 1]) != NULL) {
        i--; // what ends the setting was not meant to be in the text
    }
    t->length = i - t->at + (t->unfinished ? 0 : 1);
}

static struct token next_token(const char *text, size_t length, size_t i, int line)
{
    struct token t = {.at = i, .line = line, .length = 1, .letter = text[i]};
    switch (text[i]) {
    case '=':
    case ':':
        t.kind = TOKEN_EQUALS;
        break;
    case ';':
        t.kind = TOKEN_SEMICOLON;
        break;
    case ',':
        t.kind = TOKEN_COMMA;
        break;
    case '{':
    case '(':
    case '[':
        t.kind = TOKEN_OPEN;
        break;
    case '}':
    case ')':
    case ']':
        t.kind = TOKEN_CLOSE;
        break;
    case '"':
        quoted_token(text, length, &t);
        break;
    default:
        t.kind = TOKEN_WORD;
        while (i + t.length < length && !ends_word(text + i + t.length)) {
            t.length++;
        }
        break;
    }
    return t;
}

// ---- a quote is missing ---------------------------------------------------------------
//
// Where quotes do not come out even on a line, what stands between two of them is inside out.
// Either a text swallowed the next setting ("continuous; basis = ") or a word ends with a quote
// that nothing opened (continuous"). The first place that looks so is taken as the text that was
// meant, and what follows is read anew; if quotes are even then, the rest of the file stands as it
// was written.

/** Where "; name =" begins within the text; its length when it does not. */
static size_t swallowed_setting(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        size_t k = i + 1;
        if (text[i] != ';' && text[i] != ',') {
            continue;
        }
        while (k < length && (is_space(text[k]) || strchr("{}();", text[k]) != NULL)) {
            k++;
        }
        const size_t name = k;
        while (k < length && !ends_word(text + k)) {
            k++;
        }
        const bool is_name = sim_tree_scan_is_name(text + name, k - name);
        while (k < length && is_space(text[k])) {
            k++;
        }
        if (is_name && k < length && text[k] == '=') {
            return i;
        }
    }
    return length;
}

/** A text that runs into another one: cut where the setting or the element ends. */
static bool cut_text(struct scanner *s, struct token *t)
{
    const char *inside = s->x->text + t->at + 1;
    const size_t length = t->length - 1 - (t->unfinished ? 0 : 1);
    const char *after = inside + length + 1;
    size_t cut = swallowed_setting(inside, length);
    if (cut == length && !t->unfinished && !ends_word(after)) {
        const char *comma = memchr(inside, ',', length); // ( "a, "b" )
        cut = comma != NULL ? (size_t)(comma - inside) : length;
    }
    if (cut == length) {
        return false;
    }
    t->meant = sim_arena_strndup(s->tree->arena, inside, cut);
    t->length = cut + 1;
    t->unfinished = false;
    return true;
}

/** A word whose value ends with a quote: continuous" or 5 t/h". */
static bool close_word(struct scanner *s, struct token *t)
{
    const char *text = s->x->text + t->at;
    const size_t n = strcspn(text, "\";,={}()[]\n");
    if (text[n] != '"' || n == 0 || is_space(text[n - 1])) {
        return false;
    }
    t->kind = TOKEN_TEXT;
    t->meant = sim_arena_strndup(s->tree->arena, text, n);
    t->length = n + 1;
    return true;
}

/** Read the line of the last token anew, one text mended. False: that did not help; the tokens are
 * then as before. */
static bool mend_line(struct scanner *s)
{
    const int line = SIM_VEC_LAST(&s->tokens).line;
    const int before = s->tokens.count;
    int first = before - 1;
    while (first > 0 && s->tokens.data[first - 1].line == line) {
        first--;
    }
    SIM_VEC(struct token) mended = {0};
    bool is_mended = false;
    bool is_even = true;
    int at_line = line;
    size_t open = s->x->length;
    enum token_kind last = first > 0 ? s->tokens.data[first - 1].kind : TOKEN_SEMICOLON;
    for (size_t i = s->tokens.data[first].at; i < s->x->length && at_line == line;) {
        struct token t = next_token(s->x->text, s->x->length, i, line);
        const bool is_value = last == TOKEN_EQUALS || last == TOKEN_COMMA || last == TOKEN_OPEN;
        if (!is_mended && is_value) {
            is_mended = t.kind == TOKEN_TEXT   ? cut_text(s, &t)
                        : t.kind == TOKEN_WORD ? close_word(s, &t)
                                               : false;
        }
        is_even = is_even && !t.unfinished;
        last = t.kind;
        SIM_VEC_PUSH(&mended, t);
        i = skip_blank(s->x->text, t.at + t.length, s->x->length, &at_line, &open);
    }
    if (is_mended && is_even) {
        s->tokens.count = first;
        for (int i = 0; i < mended.count; i++) {
            SIM_VEC_PUSH(&s->tokens, mended.data[i]);
        }
    }
    SIM_VEC_FREE(&mended);
    return is_mended && is_even;
}

/** A text that stands where a value may, and whose end of the line is its end. */
static bool is_plainly_unfinished(const struct scanner *s)
{
    const int i = s->tokens.count - 1;
    const enum token_kind before = i > 0 ? s->tokens.data[i - 1].kind : TOKEN_SEMICOLON;
    return before == TOKEN_EQUALS || before == TOKEN_COMMA || before == TOKEN_OPEN ||
           before == TOKEN_TEXT;
}

/** Nothing from its line on can be read as it was meant. */
static void lose(struct scanner *s, size_t at, size_t length, const char *what, const char *remedy)
{
    const struct sim_place place = sim_tree_splice_place(s->x, at, length);
    sim_diag_add(s->diag, SIM_DIAG_WRONG, &place, NULL, remedy, "%s", what);
    s->tree->is_unclosed = true;
}

/** At a text that its line does not close. */
static void find_quote(struct scanner *s)
{
    const struct token t = SIM_VEC_LAST(&s->tokens);
    if (s->lost_from < 0 && !mend_line(s) && !is_plainly_unfinished(s)) {
        s->lost_from = t.line;
        lose(s, t.at, 1, "a quote is missing in this line",
             "each text stands between two quotes, on one line");
    }
}

static void find_tokens(struct scanner *s)
{
    const char *text = s->x->text;
    const size_t length = s->x->length;
    size_t open = length;
    int line = 0;
    size_t i = skip_blank(text, 0, length, &line, &open);
    while (i < length) {
        const struct token t = next_token(text, length, i, line);
        SIM_VEC_PUSH(&s->tokens, t);
        if (t.unfinished) {
            find_quote(s);
        }
        const struct token last = SIM_VEC_LAST(&s->tokens);
        i = skip_blank(text, last.at + last.length, length, &line, &open);
    }
    if (open < length && s->lost_from < 0) {
        s->lost_from = s->tokens.count > 0 ? SIM_VEC_LAST(&s->tokens).line + 1 : 0;
        lose(s, open, 2, "this comment is never closed: '*/' is missing",
             "close it, or begin each line of it with '#'");
    }
    const struct token end = {.kind = TOKEN_END, .at = length, .line = line};
    SIM_VEC_PUSH(&s->tokens, end);
}

static const struct token *peek(const struct scanner *s, int ahead)
{
    const int i = s->at + ahead;
    return &s->tokens.data[i < s->tokens.count ? i : s->tokens.count - 1];
}

static bool is_kind(const struct scanner *s, int ahead, enum token_kind kind)
{
    return peek(s, ahead)->kind == kind;
}

static void advance(struct scanner *s)
{
    s->at += s->at + 1 < s->tokens.count ? 1 : 0;
}

static const char *bytes_of(const struct scanner *s, const struct token *t)
{
    return s->x->text + t->at;
}

/** A copy of what was written, for messages: short. */
static const char *written(struct scanner *s, const struct token *t)
{
    const size_t most = t->length < 60 ? t->length : 60;
    return t->kind == TOKEN_END ? "the end of the file"
                                : sim_arena_strndup(s->tree->arena, bytes_of(s, t), most);
}

/** What stands there only follows from what was told before; so do brackets that stay open. */
static bool is_lost(const struct scanner *s, const struct token *t)
{
    return s->lost_from >= 0 &&
           (t->line >= s->lost_from || s->tokens.data[s->at].kind == TOKEN_END);
}

static struct sim_place place_of(const struct scanner *s, const struct token *t)
{
    return sim_tree_splice_place(s->x, t->at, t->length);
}

#define TELL(s, token, remedy, ...)                                                                \
    do {                                                                                           \
        const struct sim_place place_ = place_of((s), (token));                                    \
        if (!is_lost((s), (token))) {                                                              \
            sim_diag_add((s)->diag, SIM_DIAG_WRONG, &place_, NULL, (remedy), __VA_ARGS__);         \
        }                                                                                          \
    } while (0)

// ---- words ----------------------------------------------------------------------------

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool sim_tree_scan_is_name(const char *text, size_t length)
{
    if (length == 0 || length > 200 || !is_letter(text[0])) {
        return false;
    }
    for (size_t i = 1; i < length; i++) {
        if (!is_letter(text[i]) && !is_digit(text[i]) && text[i] != '_' && text[i] != '-') {
            return false;
        }
    }
    return true;
}

// ---- the clean text -------------------------------------------------------------------

static void emit(struct scanner *s, const char *text, size_t length, size_t at)
{
    if (s->muted > 0) {
        return;
    }
    for (size_t i = 0; i < length; i++) {
        SIM_VEC_PUSH(&s->clean, text[i] == '\0' || text[i] == '\n' ? ' ' : text[i]);
    }
    SIM_VEC_PUSH(&s->clean, '\n');
    SIM_VEC_PUSH(&s->clean_at, at);
}

static void emit_token(struct scanner *s, const struct token *t)
{
    emit(s, bytes_of(s, t), t->length, t->at);
}

static void emit_letter(struct scanner *s, char letter)
{
    emit(s, &letter, 1, peek(s, 0)->at);
}

static int begin_event(struct scanner *s, const struct token *name)
{
    if (s->muted > 0) {
        return -1;
    }
    const struct sim_tree_event e = {.name_at = name != NULL ? name->at : 0,
                                     .name_length = name != NULL ? name->length : 0,
                                     .value_at = peek(s, 0)->at,
                                     .value_length = peek(s, 0)->length};
    SIM_VEC_PUSH(&s->events, e);
    return s->events.count - 1;
}

static void break_event(struct scanner *s, int event)
{
    if (event >= 0) {
        s->events.data[event].broken = true;
    }
}

// ---- values ---------------------------------------------------------------------------

static void value(struct scanner *s, int event, bool in_list);

static bool is_on_line(const struct scanner *s, const struct token *of)
{
    return peek(s, 0)->line == of->line && !is_kind(s, 0, TOKEN_END);
}

/** Past what stands on this line without quotes, up to what ends a value: the text meant. */
static const char *swallow(struct scanner *s, const struct token *first, bool in_list)
{
    const struct token *last = first;
    int depth = 0;
    for (; is_on_line(s, first) && !is_kind(s, 0, TOKEN_SEMICOLON); advance(s)) {
        const struct token *t = peek(s, 0);
        if (depth == 0 &&
            (t->kind == TOKEN_CLOSE || (in_list && t->kind == TOKEN_COMMA) || t->letter == '{')) {
            break;
        }
        if (depth == 0 && !in_list && t != first && t->kind == TOKEN_WORD &&
            is_kind(s, 1, TOKEN_EQUALS) && sim_tree_scan_is_name(bytes_of(s, t), t->length)) {
            break; // the next setting
        }
        depth += t->kind == TOKEN_OPEN ? 1 : t->kind == TOKEN_CLOSE ? -1 : 0;
        last = t;
    }
    return sim_arena_strndup(s->tree->arena, bytes_of(s, first),
                             last->at + last->length - first->at);
}

/** Words that were meant as a text. */
static void bare_text(struct scanner *s, int event, const struct token *first, bool in_list)
{
    const char *text = swallow(s, first, in_list);
    const bool is_quantity = is_digit(text[0]) || strchr("+-.", text[0]) != NULL;
    char *remedy = sim_base_format("write \"%s\"", text);
    struct token whole = *first;
    whole.length = strlen(text);
    TELL(s, &whole, remedy, "%s",
         is_quantity ? "a number with a unit must stand in quotes" : "a text must stand in quotes");
    free(remedy);
    emit(s, "\"\"", 2, first->at);
    if (event >= 0) {
        s->events.data[event].repaired = text;
        s->events.data[event].value_length = whole.length;
    }
}

/** A number that is as it should be goes on as a number that libconfig cannot misread. */
static void scalar_word(struct scanner *s, int event, bool in_list)
{
    const struct token *t = peek(s, 0);
    struct sim_node n = {0};
    const char *why = NULL;
    char *text = sim_arena_strndup(s->tree->arena, bytes_of(s, t), t->length);
    const bool is_fine = sim_tree_scalar(&n, text, &why);
    const struct token *next = peek(s, 1);
    const bool goes_on = next->line == t->line && next->kind == TOKEN_WORD &&
                         !(peek(s, 2)->kind == TOKEN_EQUALS && !in_list);
    const bool is_call = next->line == t->line && next->letter == '(' && n.kind == SIM_NODE_TEXT;
    const bool has_clock = in_list && next->line == t->line && next->kind == TOKEN_EQUALS;
    if (n.kind == SIM_NODE_TEXT || goes_on || is_call || has_clock) {
        bare_text(s, event, t, in_list);
        return;
    }
    advance(s);
    if (!is_fine) {
        TELL(s, t, NULL, "%s: %s", text, why);
        break_event(s, event);
    }
    char clean[40];
    const int length =
        n.kind == SIM_NODE_BOOL  ? snprintf(clean, sizeof(clean), "%s", n.truth ? "true" : "false")
        : n.kind == SIM_NODE_INT ? snprintf(clean, sizeof(clean), "%lldL", (long long)n.integer)
                                 : snprintf(clean, sizeof(clean), "%.17e", n.number);
    emit(s, clean, (size_t)length, t->at);
}

/** A text with one quote, as it was probably meant. */
static void mended_text(struct scanner *s, int event, const struct token *t)
{
    char *remedy = sim_base_format("write \"%s\"", t->meant);
    TELL(s, t, remedy, "a quote is missing");
    free(remedy);
    emit(s, "\"\"", 2, t->at);
    if (event >= 0) {
        s->events.data[event].repaired = t->meant;
        s->events.data[event].value_length = t->length;
    }
}

/** One of the texts that follow each other; false when it is not whole. */
static bool text_part(struct scanner *s, const struct token *t, bool is_joined_in_list,
                      size_t total)
{
    if (is_joined_in_list) {
        TELL(s, t, "is a ',' missing before it?", "two texts would be joined into one");
    }
    if (t->unfinished) {
        TELL(s, t, "close this text with '\"' on the line where it begins", "a quote is missing");
    }
    if (t->unfinished || total > SIM_TREE_MAX_TEXT) {
        emit(s, "\"\"", 2, t->at);
    } else {
        emit_token(s, t);
    }
    return !t->unfinished;
}

/** Texts that follow each other are one text. */
static void texts(struct scanner *s, int event, bool in_list)
{
    size_t total = 0;
    bool is_whole = true;
    if (peek(s, 0)->meant != NULL) {
        mended_text(s, event, peek(s, 0));
        advance(s);
        return;
    }
    for (int k = 0; is_kind(s, 0, TOKEN_TEXT); k++, advance(s)) {
        total += peek(s, 0)->length;
        is_whole = text_part(s, peek(s, 0), k > 0 && in_list, total) && is_whole;
    }
    if (total > SIM_TREE_MAX_TEXT) {
        TELL(s, peek(s, -1), "put long data into a CSV file",
             "a text of %zu bytes; at most %d are taken", total, SIM_TREE_MAX_TEXT);
    }
    if (!is_whole || total > SIM_TREE_MAX_TEXT) {
        break_event(s, event);
    }
}

static char closing(char open)
{
    return open == '{' ? '}' : open == '(' ? ')' : ']';
}

static int indent_of(const struct scanner *s, const struct token *t)
{
    const size_t start = s->x->starts[t->line];
    int n = 0;
    while (s->x->text[start + (size_t)n] == ' ' || s->x->text[start + (size_t)n] == '\t') {
        n++;
    }
    return n;
}

static bool is_first_in_line(const struct scanner *s, const struct token *t)
{
    return t->at - s->x->starts[t->line] == (size_t)indent_of(s, t);
}

/** One that closes further to the left than its partner's line began: the partner is suspect. */
static void look_at_indent(struct scanner *s, const struct token *open, const struct token *close)
{
    if (s->suspect < 0 && is_first_in_line(s, close) && indent_of(s, close) < indent_of(s, open)) {
        s->suspect = s->open[s->depth - 1];
    }
}

static bool is_open_around(const struct scanner *s, char close)
{
    for (int i = 0; i < s->depth - 1; i++) {
        if (closing(s->tokens.data[s->open[i]].letter) == close) {
            return true;
        }
    }
    return false;
}

/** Tell what is not closed, once: the outermost, or the one that its indentation betrays. */
static void tell_unclosed(struct scanner *s)
{
    if (s->depth > 1) {
        return; // those around are told instead
    }
    const int which = s->suspect >= 0 ? s->suspect : s->open[0];
    const struct token *t = &s->tokens.data[which];
    s->tree->is_unclosed = true;
    TELL(s, t, NULL, "this '%c' is never closed: '%c' is missing", t->letter, closing(t->letter));
}

/** At what closes a bracket, or should. True: it is past, or will never come. */
static bool close(struct scanner *s)
{
    const struct token *open = &s->tokens.data[s->open[s->depth - 1]];
    const struct token *t = peek(s, 0);
    if (t->kind == TOKEN_END) {
        tell_unclosed(s);
        return true;
    }
    if (t->kind != TOKEN_CLOSE) {
        return false;
    }
    if (t->letter == closing(open->letter)) {
        look_at_indent(s, open, t);
        advance(s);
        return true;
    }
    if (is_open_around(s, t->letter)) {
        TELL(s, t, NULL, "'%c' is missing before this '%c' (opened in line %d)",
             closing(open->letter), t->letter, place_of(s, open).line);
        return true;
    }
    TELL(s, t, NULL, "'%c' closes nothing: the bracket open here is the '%c' of line %d", t->letter,
         open->letter, place_of(s, open).line);
    advance(s);
    return false;
}

static bool is_element(const struct scanner *s)
{
    const struct token *t = peek(s, 0);
    return t->kind == TOKEN_WORD || t->kind == TOKEN_TEXT || t->kind == TOKEN_OPEN;
}

static void element(struct scanner *s, bool is_array, enum sim_node_kind *kind)
{
    const struct token *t = peek(s, 0);
    const int event = begin_event(s, NULL);
    struct sim_node n = {.kind = SIM_NODE_TEXT};
    const char *why = NULL;
    if (t->kind == TOKEN_WORD) {
        (void)sim_tree_scalar(&n, sim_arena_strndup(s->tree->arena, bytes_of(s, t), t->length),
                              &why);
    }
    if (is_array && (t->kind == TOKEN_OPEN || (*kind != SIM_NODE_GROUP && *kind != n.kind))) {
        TELL(s, t, "write ( ) instead of [ ]", "all elements of [ ] must be scalars of one kind");
    }
    *kind = n.kind;
    value(s, event, true);
}

/** After an element: a ',' that another follows, or a mistake. */
static void after_element(struct scanner *s)
{
    const struct token *t = peek(s, 0);
    if (t->kind == TOKEN_COMMA) {
        advance(s);
        if (is_kind(s, 0, TOKEN_CLOSE)) {
            TELL(s, t, "take it away", "a ',' after the last element");
        }
    } else if (is_element(s)) {
        TELL(s, t, NULL, "a ',' is missing before '%s'", written(s, t));
    }
}

/** What is no element is told and left out. */
static void skip_odd(struct scanner *s, int count)
{
    const struct token *t = peek(s, 0);
    if (t->kind == TOKEN_COMMA) {
        TELL(s, t, NULL, "%s",
             count == 0 ? "a value is missing before this ','" : "one ',' too many");
    } else {
        TELL(s, t, "elements are values, apart by ','", "'%s' does not belong here", written(s, t));
    }
    advance(s);
}

/** ( a, b ) or [ a, b ]; an array goes on as a list, libconfig's arrays are choosy. */
static void elements(struct scanner *s)
{
    const bool is_array = s->tokens.data[s->open[s->depth - 1]].letter == '[';
    enum sim_node_kind kind = SIM_NODE_GROUP; // of the element before
    int count = 0;
    emit_letter(s, '(');
    while (!close(s)) {
        if (!is_element(s)) {
            skip_odd(s, count);
            continue;
        }
        if (count++ > 0) {
            emit_letter(s, ',');
        }
        element(s, is_array, &kind);
        after_element(s);
    }
    emit_letter(s, ')');
}

static void settings(struct scanner *s);

/** Nested deeper than anyone would: past all of it, without recursion. */
static void skip_brackets(struct scanner *s)
{
    int depth = 0;
    do {
        depth += is_kind(s, 0, TOKEN_OPEN) ? 1 : is_kind(s, 0, TOKEN_CLOSE) ? -1 : 0;
        advance(s);
    } while (depth > 0 && !is_kind(s, 0, TOKEN_END));
}

static void bracket(struct scanner *s, int event)
{
    const struct token *t = peek(s, 0);
    if (s->depth >= SIM_TREE_MAX_DEPTH) {
        TELL(s, t, NULL, "nested more than %d deep", SIM_TREE_MAX_DEPTH);
        break_event(s, event);
        emit(s, "0", 1, t->at);
        skip_brackets(s);
        return;
    }
    s->open[s->depth++] = s->at;
    advance(s);
    if (t->letter == '{') {
        emit_letter(s, '{');
        settings(s);
        emit_letter(s, '}');
    } else {
        elements(s);
    }
    s->depth--;
}

static void value(struct scanner *s, int event, bool in_list)
{
    const struct token *t = peek(s, 0);
    if (t->kind == TOKEN_OPEN) {
        bracket(s, event);
    } else if (t->kind == TOKEN_TEXT) {
        texts(s, event, in_list);
    } else if (t->kind == TOKEN_WORD) {
        scalar_word(s, event, in_list);
    } else {
        const struct token *before = peek(s, -1);
        if (t->letter == '>' || t->letter == '=' || t->letter == '<') {
            bare_text(s, event, t, in_list);
            return;
        }
        TELL(s, before, NULL, "a value is missing after '%s'", written(s, before));
        break_event(s, event);
        emit(s, "0", 1, t->at);
    }
}

// ---- settings -------------------------------------------------------------------------

/** False: the name stands in this group already; told. */
static bool is_new(struct scanner *s, int group, const struct token *name)
{
    char *key = sim_base_format("%d/%.*s", group, (int)name->length, bytes_of(s, name));
    const int known = sim_strtab_count(s->names);
    const int32_t id = sim_strtab_intern(s->names, key);
    free(key);
    if (sim_strtab_count(s->names) > known) {
        SIM_VEC_PUSH(&s->name_tokens, (int)(name - s->tokens.data));
        return true;
    }
    const struct sim_place first = place_of(s, &s->tokens.data[s->name_tokens.data[id]]);
    TELL(s, name, "keep one of them", "duplicate: '%s' stands already in %s:%d", written(s, name),
         first.file, first.line);
    return false;
}

static bool is_good_name(struct scanner *s, const struct token *name)
{
    const char *text = bytes_of(s, name);
    if (sim_tree_scan_is_name(text, name->length)) {
        return true;
    }
    if (text[0] == '@') {
        TELL(s, name, "write @include \"file.cfg\" on a line of its own", "'%s' is not a setting",
             written(s, name));
    } else if (memchr(text, '.', name->length) != NULL) {
        TELL(s, name, "write a = { b = ...; }; (paths with dots are for set and --set)",
             "'%s': a name has no dots", written(s, name));
    } else {
        TELL(s, name,
             "a letter first, then letters, digits, '_' and '-'; any UTF-8 may stand in a title",
             "'%s' is not a name", written(s, name));
    }
    return false;
}

/** Past the '='; false when there is none and what follows cannot be a value. */
static bool equals(struct scanner *s, const struct token *name)
{
    if (is_kind(s, 0, TOKEN_EQUALS)) {
        advance(s);
        return true;
    }
    const struct token *t = peek(s, 0);
    const bool may_be_value =
        t->kind == TOKEN_OPEN || t->kind == TOKEN_TEXT ||
        (t->kind == TOKEN_WORD && t->line == name->line && !is_kind(s, 1, TOKEN_EQUALS));
    TELL(s, name, NULL, "'=' is missing after '%s'", written(s, name));
    return may_be_value;
}

static void setting(struct scanner *s, int group, int count)
{
    struct token name = *peek(s, 0);
    const struct token *where = peek(s, 0);
    if (name.kind == TOKEN_TEXT) {
        TELL(s, where, "take the quotes away", "%s: a name stands without quotes",
             written(s, where));
        s->muted++;
    }
    const bool is_left_out = name.kind == TOKEN_TEXT || !is_good_name(s, where) ||
                             count > SIM_TREE_MAX_KEYS || !is_new(s, group, where);
    s->muted += name.kind == TOKEN_TEXT ? -1 : 0;
    advance(s);
    if (!equals(s, where)) {
        return;
    }
    s->muted += is_left_out ? 1 : 0;
    emit_token(s, where);
    emit_letter(s, '=');
    const int event = begin_event(s, where);
    value(s, event, false);
    emit_letter(s, ';');
    s->muted -= is_left_out ? 1 : 0;
}

/** What is neither a setting nor an end; true when it may begin one. */
static bool is_setting(struct scanner *s)
{
    const struct token *t = peek(s, 0);
    if (t->kind == TOKEN_WORD || (t->kind == TOKEN_TEXT && is_kind(s, 1, TOKEN_EQUALS))) {
        return true;
    }
    if (t->kind == TOKEN_SEMICOLON || t->kind == TOKEN_COMMA) {
        TELL(s, t, "take it away", "one '%c' too many", t->letter);
        advance(s);
    } else if (t->kind == TOKEN_OPEN) {
        TELL(s, t, "write name = { ... };", "'%c' without a name before it", t->letter);
        s->muted++;
        bracket(s, -1);
        s->muted--;
    } else {
        s->tree->is_unclosed = s->tree->is_unclosed || t->kind == TOKEN_CLOSE;
        TELL(s, t, "settings are written name = value;", "'%s' does not belong here",
             written(s, t));
        advance(s);
        if (t->kind == TOKEN_CLOSE && is_kind(s, 0, TOKEN_SEMICOLON)) {
            advance(s); // its own
        }
    }
    return false;
}

static void settings(struct scanner *s)
{
    const int group = s->group_count++;
    int count = 0;
    while (s->depth == 0 ? !is_kind(s, 0, TOKEN_END) : !close(s)) {
        if (!is_setting(s)) {
            continue;
        }
        if (++count == SIM_TREE_MAX_KEYS + 1) {
            TELL(s, peek(s, 0), "write them as a list ( { name = ...; }, ... ) or in a table (CSV)",
                 "more than %d names in one group", SIM_TREE_MAX_KEYS);
        }
        setting(s, group, count);
        if (is_kind(s, 0, TOKEN_SEMICOLON) || is_kind(s, 0, TOKEN_COMMA)) {
            advance(s);
        }
    }
}

void sim_tree_scan_text(struct sim_tree *t, const struct sim_tree_text *x,
                        struct sim_tree_scan *out, struct sim_diag *d)
{
    struct scanner s = {.tree = t, .diag = d, .x = x, .suspect = -1, .lost_from = -1};
    s.names = sim_strtab_create();
    find_tokens(&s);
    settings(&s);
    SIM_VEC_PUSH(&s.clean, '\0');
    SIM_VEC_FREE(&s.tokens);
    SIM_VEC_FREE(&s.name_tokens);
    sim_strtab_destroy(s.names);
    *out = (struct sim_tree_scan){.clean = s.clean.data,
                                  .events = s.events.data,
                                  .event_count = s.events.count,
                                  .token_at = s.clean_at.data,
                                  .token_count = s.clean_at.count};
}

void sim_tree_scan_free(struct sim_tree_scan *s)
{
    free(s->clean);
    free(s->events);
    free(s->token_at);
}
