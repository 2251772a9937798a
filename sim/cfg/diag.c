// SPDX-License-Identifier: MIT
#include "sim/cfg/diag.h"

#include "sim/base/arena.h"
#include "sim/base/vec.h"
#include "sim/cfg/cfgtext.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct source {
    const char *file;
    const char *text;
    size_t length;
    int *starts; // [line_count] byte where each line begins
    int line_count;
    int shown; // the line copied last, 0: none
    const char *shown_text;
};

struct entry {
    struct sim_mistake mistake;
    int file_rank; // order of the file, files that were never read last
    int number;    // order of adding, so that the sort is stable
};

struct sim_diag {
    struct sim_arena *arena;
    const char *via; // of what is added without one; NULL: none
    SIM_VEC(struct source) sources;
    SIM_VEC(struct entry) entries;
    int added;
    bool sorted;
};

struct sim_diag *sim_diag_create(void)
{
    struct sim_diag *d = sim_base_alloc(1, sizeof(*d));
    d->arena = sim_arena_create();
    d->sorted = true;
    return d;
}

void sim_diag_destroy(struct sim_diag *d)
{
    if (d == NULL) {
        return;
    }
    for (int i = 0; i < d->sources.count; i++) {
        free(d->sources.data[i].starts);
    }
    SIM_VEC_FREE(&d->sources);
    SIM_VEC_FREE(&d->entries);
    sim_arena_destroy(d->arena);
    free(d);
}

static int find_source(const struct sim_diag *d, const char *file)
{
    for (int i = 0; file != NULL && i < d->sources.count; i++) {
        if (strcmp(d->sources.data[i].file, file) == 0) {
            return i;
        }
    }
    return -1;
}

void sim_diag_source(struct sim_diag *d, const char *file, const char *text, size_t length)
{
    if (find_source(d, file) >= 0) {
        return;
    }
    const struct source s = {.file = sim_arena_strdup(d->arena, file),
                             .text = sim_arena_strndup(d->arena, text, length),
                             .length = length};
    SIM_VEC_PUSH(&d->sources, s);
    d->sorted = d->entries.count == 0; // files give the order
}

void sim_diag_via(struct sim_diag *d, const char *via)
{
    d->via = sim_arena_strdup(d->arena, via);
}

static void index_lines(struct source *s)
{
    SIM_VEC(int) starts = {0};
    SIM_VEC_PUSH(&starts, 0);
    for (size_t i = 0; i < s->length; i++) {
        if (s->text[i] == '\n') {
            SIM_VEC_PUSH(&starts, (int)i + 1);
        }
    }
    s->starts = starts.data;
    s->line_count = starts.count;
}

/** The line without its end, copied; NULL when the file or the line is not known. */
static const char *source_line(struct sim_diag *d, const char *file, int line)
{
    const int k = find_source(d, file);
    if (k < 0 || line < 1) {
        return NULL;
    }
    struct source *s = &d->sources.data[k];
    if (s->starts == NULL) {
        index_lines(s);
    }
    if (line > s->line_count) {
        return NULL;
    }
    if (s->shown == line) {
        return s->shown_text; // a long line may hold very many mistakes
    }
    const char *from = s->text + s->starts[line - 1];
    char *copy = sim_arena_strndup(d->arena, from, strcspn(from, "\r\n"));
    sim_cfgtext_clean(copy);
    s->shown = line;
    s->shown_text = copy;
    return copy;
}

static struct sim_place copy_place(struct sim_diag *d, const struct sim_place *place)
{
    struct sim_place copy = {0};
    if (place != NULL) {
        copy = *place;
        copy.file = sim_arena_strdup(d->arena, place->file);
        copy.via = sim_arena_strdup(d->arena, place->via);
    }
    copy.via = copy.via != NULL ? copy.via : d->via;
    return copy;
}

static const char *clean_copy(struct sim_diag *d, const char *text)
{
    char *copy = sim_arena_strdup(d->arena, text != NULL ? text : "");
    sim_cfgtext_clean(copy);
    return copy;
}

static const char *format_into(struct sim_arena *a, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, fmt, args);
    char *text = sim_arena_alloc(a, (size_t)n + 1, 1);
    vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    sim_cfgtext_clean(text);
    return text;
}

void sim_diag_add(struct sim_diag *d, enum sim_diag_level level, const struct sim_place *place,
                  const char *path, const char *remedy, const char *fmt, ...)
{
    struct entry e = {.number = d->added++};
    e.mistake.level = level;
    e.mistake.place = copy_place(d, place);
    e.mistake.path = clean_copy(d, path);
    e.mistake.remedy = clean_copy(d, remedy);
    va_list args;
    va_start(args, fmt);
    e.mistake.what = format_into(d->arena, fmt, args);
    va_end(args);
    SIM_VEC_PUSH(&d->entries, e);
    d->sorted = false;
}

static int compare_text(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int compare_place(const struct entry *x, const struct entry *y)
{
    const struct sim_place *p = &x->mistake.place;
    const struct sim_place *q = &y->mistake.place;
    if (x->file_rank != y->file_rank) {
        return x->file_rank < y->file_rank ? -1 : 1;
    }
    if (compare_text(p->file, q->file) != 0) {
        return compare_text(p->file, q->file);
    }
    if (p->line != q->line) {
        return p->line < q->line ? -1 : 1;
    }
    if (p->column != q->column) {
        return p->column < q->column ? -1 : 1;
    }
    return 0;
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    const int by_place = compare_place(x, y);
    return by_place != 0 ? by_place : (x->number > y->number) - (x->number < y->number);
}

/** `x` was told before `y`. What the park as written has is not told again for each design, nor is
 * a warning. */
static bool same_mistake(const struct entry *x, const struct entry *y)
{
    const struct sim_mistake *a = &x->mistake;
    const struct sim_mistake *b = &y->mistake;
    return compare_place(x, y) == 0 && a->level == b->level && strcmp(a->path, b->path) == 0 &&
           strcmp(a->what, b->what) == 0 &&
           (a->place.via == NULL || a->level == SIM_DIAG_WARNING ||
            compare_text(a->place.via, b->place.via) == 0);
}

/** Is the same told already among the entries kept at this place? Places are few and short. */
static bool is_told(const struct sim_diag *d, int kept, const struct entry *e)
{
    for (int i = kept - 1; i >= 0 && compare_place(&d->entries.data[i], e) == 0; i--) {
        if (same_mistake(&d->entries.data[i], e)) {
            return true;
        }
        if (kept - i > 64) {
            return false;
        }
    }
    return false;
}

static void sort(struct sim_diag *d)
{
    if (d->sorted) {
        return;
    }
    for (int i = 0; i < d->entries.count; i++) {
        const int k = find_source(d, d->entries.data[i].mistake.place.file);
        d->entries.data[i].file_rank = k >= 0 ? k : d->sources.count;
    }
    qsort(d->entries.data, (size_t)d->entries.count, sizeof(struct entry), compare_entries);
    int kept = 0;
    for (int i = 0; i < d->entries.count; i++) {
        if (!is_told(d, kept, &d->entries.data[i])) {
            d->entries.data[kept++] = d->entries.data[i];
        }
    }
    d->entries.count = kept;
    d->sorted = true;
}

/** Sorting changes the order of entries, not what the list says. */
static struct sim_diag *sorted(const struct sim_diag *d)
{
    struct sim_diag *mine = (struct sim_diag *)(uintptr_t)d;
    sort(mine);
    return mine;
}

int sim_diag_count(const struct sim_diag *d)
{
    return sorted(d)->entries.count;
}

static int count_level(const struct sim_diag *d, enum sim_diag_level level)
{
    int n = 0;
    for (int i = 0; i < d->entries.count; i++) {
        n += d->entries.data[i].mistake.level == level ? 1 : 0;
    }
    return n;
}

int sim_diag_wrong(const struct sim_diag *d)
{
    return sorted(d)->entries.count - count_level(d, SIM_DIAG_WARNING);
}

enum sim_status sim_diag_status(const struct sim_diag *d)
{
    if (count_level(d, SIM_DIAG_WRONG) > 0) {
        return SIM_INPUT;
    }
    return count_level(d, SIM_DIAG_MISSING) > 0 ? SIM_MISSING : SIM_OK;
}

const struct sim_mistake *sim_diag_at(struct sim_diag *d, int i)
{
    sort(d);
    SIM_REQUIRE(i >= 0 && i < d->entries.count, "a mistake that is in the list");
    struct sim_mistake *m = &d->entries.data[i].mistake;
    if (m->source == NULL) {
        m->source = source_line(d, m->place.file, m->place.line);
    }
    return m;
}

// ---- text -----------------------------------------------------------------------------

char *sim_diag_line(const struct sim_mistake *m)
{
    sim_cfgtext b = {0};
    const struct sim_place *p = &m->place;
    if (p->file != NULL && p->line > 0) {
        sim_cfgtext_format(&b, "%s:%d: ", p->file, p->line);
    } else if (p->file != NULL) {
        sim_cfgtext_format(&b, "%s: ", p->file);
    }
    if (p->via != NULL) {
        sim_cfgtext_format(&b, "%s: ", p->via);
    }
    if (m->level == SIM_DIAG_WARNING) {
        sim_cfgtext_put(&b, "warning: ");
    }
    if (m->path[0] != '\0') {
        sim_cfgtext_format(&b, "%s: ", m->path);
    }
    sim_cfgtext_put(&b, m->what);
    if (m->remedy[0] != '\0') {
        sim_cfgtext_format(&b, "; %s", m->remedy);
    }
    return sim_cfgtext_done(&b);
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0U) == 0x80U;
}

/** Bytes [from, to) take so many columns on a terminal: one a code point, tabs stay as they are. */
static void put_blank(sim_cfgtext *b, const char *text, int to)
{
    for (int i = 0; i < to && text[i] != '\0'; i++) {
        if (text[i] == '\t') {
            SIM_VEC_PUSH(b, '\t');
        } else if (!is_continuation(text[i])) {
            SIM_VEC_PUSH(b, ' ');
        }
    }
}

static int display_width(const char *text, int from, int to)
{
    int n = 0;
    for (int i = from; i < to && text[i] != '\0'; i++) {
        n += is_continuation(text[i]) ? 0 : 1;
    }
    return n;
}

enum {
    WINDOW = 160
}; // [bytes] of a longer line that are shown around the caret

/** A long line is cut to a window around the place: first byte shown, never inside a code point. */
static int window_start(const char *source, int column)
{
    const int length = (int)strlen(source);
    int from = 0;
    if (length > WINDOW && column > WINDOW * 2 / 3 && column <= length + 1) {
        from = column - 1 - WINDOW / 2;
    }
    while (from > 0 && is_continuation(source[from])) {
        from--;
    }
    if (from > 0) {
        return from;
    }
    while (source[from] == ' ' || source[from] == '\t') {
        from++; // the indentation of the file is not ours
    }
    return from < column ? from : 0;
}

static void put_source(sim_cfgtext *b, const struct sim_mistake *m)
{
    const char *s = m->source;
    const int column = m->place.column > 0 ? m->place.column : 1;
    const int from = window_start(s, m->place.column > 0 ? column : (int)strlen(s) + 1);
    int shown = (int)strlen(s + from);
    if (shown > WINDOW) {
        shown = WINDOW;
        while (shown > 0 && is_continuation(s[from + shown])) {
            shown--;
        }
    }
    sim_cfgtext_put(b, "    ");
    sim_cfgtext_bytes(b, s + from, (size_t)shown);
    sim_cfgtext_put(b, "\n");
    if (m->place.column <= 0 || column - 1 > (int)strlen(s)) {
        return;
    }
    sim_cfgtext_put(b, "    ");
    put_blank(b, s + from, column - 1 - from);
    sim_cfgtext_put(b, "^");
    int to = column - 1 + m->place.length;
    to = to < from + shown ? to : from + shown;
    for (int k = display_width(s, column - 1, to); k > 1; k--) {
        sim_cfgtext_put(b, "~");
    }
    sim_cfgtext_put(b, "\n");
}

static void put_mistake(sim_cfgtext *b, const struct sim_mistake *m)
{
    char *line = sim_diag_line(m);
    sim_cfgtext_put(b, line);
    free(line);
    sim_cfgtext_put(b, "\n");
    if (m->source != NULL && m->source[0] != '\0') {
        put_source(b, m);
    }
}

static void put_rest(sim_cfgtext *b, int rest)
{
    if (rest > 0) {
        sim_cfgtext_format(b, "... and %d more\n", rest);
    }
}

char *sim_diag_render(struct sim_diag *d, int limit)
{
    const int most = limit > 0 ? limit : 50;
    const int count = sim_diag_count(d);
    sim_cfgtext b = {0};
    for (int i = 0; i < count && i < most; i++) {
        put_mistake(&b, sim_diag_at(d, i));
    }
    put_rest(&b, count - most);
    return sim_cfgtext_done(&b);
}

enum sim_status sim_diag_to_err(struct sim_diag *d, struct sim_err *err)
{
    const enum sim_status status = sim_diag_status(d);
    if (status == SIM_OK) {
        return status;
    }
    sim_cfgtext b = {0};
    const int count = sim_diag_count(d);
    int i = 0;
    for (; i < count; i++) {
        const int before = b.count;
        put_mistake(&b, sim_diag_at(d, i));
        if (b.count + 40 > (int)sizeof(err->text)) {
            b.count = i > 0 ? before : (int)sizeof(err->text) - 41;
            i += i > 0 ? 0 : 1;
            break;
        }
    }
    put_rest(&b, count - i);
    if (b.count > 0 && b.data[b.count - 1] == '\n') {
        b.count--;
    }
    SIM_VEC_PUSH(&b, '\0');
    (void)sim_err_set(err, status, "%s", b.data);
    SIM_VEC_FREE(&b);
    return status;
}
