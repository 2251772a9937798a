// SPDX-License-Identifier: MIT
// A park file with its includes spliced in. libconfig would resolve all of them from one folder; a
// file that is included from another folder should name its neighbours.
#include "sim/base/file.h"
#include "sim/cfg/cfgtext.h"
#include "sim/cfg/tree_priv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MAX_INCLUDES_DEEP = 10
};

enum lexical {
    IN_TEXT,
    IN_BLOCK, // between /* and */
};

struct splicer {
    struct sim_tree *tree;
    struct sim_diag *diag;
    SIM_VEC(char) text;
    SIM_VEC(struct sim_tree_line) lines;
    SIM_VEC(size_t) starts;
    const char *open[MAX_INCLUDES_DEEP + 1]; // files being read, to see circles
    int depth;
    int files;
    enum lexical state;
};

static void put_line(struct splicer *s, const char *file, int line, const char *text, size_t length)
{
    const struct sim_tree_line place = {.file = file, .line = line};
    SIM_VEC_PUSH(&s->lines, place);
    SIM_VEC_PUSH(&s->starts, (size_t)s->text.count);
    SIM_VEC_RESERVE(&s->text, s->text.count + (int)length + 1);
    memcpy(s->text.data + s->text.count, text, length);
    s->text.count += (int)length;
    SIM_VEC_PUSH(&s->text, '\n');
}

/** Past the text in quotes that begins at `i`, which ends with its line at the latest. */
static size_t skip_quoted(const char *line, size_t length, size_t i)
{
    for (i++; i < length && line[i] != '"'; i++) {
        i += line[i] == '\\' ? 1 : 0;
    }
    return i;
}

/** Follow block comments over the end of a line, so that no include is seen inside of one. */
static enum lexical state_after(enum lexical state, const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char next = i + 1 < length ? line[i + 1] : '\0';
        if (state == IN_BLOCK) {
            if (line[i] == '*' && next == '/') {
                state = IN_TEXT;
                i++;
            }
        } else if (line[i] == '"') {
            i = skip_quoted(line, length, i);
        } else if (line[i] == '#' || (line[i] == '/' && next == '/')) {
            break;
        } else if (line[i] == '/' && next == '*') {
            state = IN_BLOCK;
            i++;
        }
    }
    return state;
}

/** Is the line `@include "file"`? The quoted part in *from, *to. */
static bool is_include(const char *line, size_t length, size_t *from, size_t *to)
{
    static const char word[] = "@include";
    size_t i = 0;
    while (i < length && (line[i] == ' ' || line[i] == '\t')) {
        i++;
    }
    if (length - i < sizeof(word) || strncmp(line + i, word, sizeof(word) - 1) != 0) {
        return false;
    }
    i += sizeof(word) - 1;
    while (i < length && (line[i] == ' ' || line[i] == '\t')) {
        i++;
    }
    if (i >= length || line[i] != '"') {
        return false;
    }
    *from = i + 1;
    *to = skip_quoted(line, length, i);
    return *to < length;
}

static void splice(struct splicer *s, const struct sim_source *source);

static bool is_open(const struct splicer *s, const char *path)
{
    for (int i = 0; i < s->depth; i++) {
        if (strcmp(s->open[i], path) == 0) {
            return true;
        }
    }
    return false;
}

static void include(struct splicer *s, struct sim_place at, const char *path)
{
    struct sim_node asker = {.place = at, .value_at = at};
    if (s->depth >= MAX_INCLUDES_DEEP || s->files >= SIM_TREE_MAX_FILES) {
        sim_diag_add(s->diag, SIM_DIAG_WRONG, &at, NULL, NULL,
                     "too many includes: at most %d deep and %d files", MAX_INCLUDES_DEEP,
                     SIM_TREE_MAX_FILES);
        return;
    }
    s->files++;
    const struct sim_source *source = sim_tree_read_file(s->tree, &asker, path, s->diag);
    if (source == NULL) {
        return;
    }
    if (is_open(s, source->path)) {
        sim_diag_add(s->diag, SIM_DIAG_WRONG, &at, NULL, "take one of the includes away",
                     "%s includes itself", source->path);
        return;
    }
    splice(s, source);
}

static void include_line(struct splicer *s, const char *file, int line, const char *text,
                         size_t length, size_t from, size_t to)
{
    const struct sim_place at = {
        .file = file, .line = line, .column = (int)from, .length = (int)(to - from) + 2};
    char *path = sim_arena_strndup(s->tree->arena, text + from, to - from);
    include(s, at, path);
    put_line(s, file, line, text, length); // what may follow the quotes stays, the rest is blank
    memset(s->text.data + s->starts.data[s->starts.count - 1], ' ', to + 1);
}

/** Told once a file, of its first line: a text of another code has them in most lines. The odd
 * bytes are left in place, for a text may still be readable. */
static void check_bytes(struct splicer *s, const char *file, const char *text, size_t length)
{
    struct sim_place first = {.file = file, .length = 1};
    int lines = 0;
    int line = 1;
    for (const char *p = text; p < text + length; line++) {
        const char *stop = memchr(p, '\n', (size_t)(text + length - p));
        const size_t size = (size_t)((stop != NULL ? stop : text + length) - p);
        const size_t i = sim_cfgtext_bad_utf8(p, size);
        if (i < size && lines++ == 0) {
            first.line = line;
            first.column = (int)i + 1;
        }
        p += size + 1;
    }
    if (lines > 1) {
        sim_diag_add(s->diag, SIM_DIAG_WRONG, &first, NULL, "save the file as UTF-8",
                     "a byte that is not UTF-8, as in %d lines of the file", lines);
    } else if (lines == 1) {
        sim_diag_add(s->diag, SIM_DIAG_WRONG, &first, NULL, "save the file as UTF-8",
                     "a byte that is not UTF-8");
    }
}

static bool ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text);
    const size_t k = strlen(end);
    return n >= k && strcasecmp(text + n - k, end) == 0;
}

/** Does the first line that says something name columns rather than settings? */
static bool is_table(const struct sim_source *source)
{
    const char *p = source->text;
    while (*p == '#' || *p == '\n' || *p == '\r') {
        p += strcspn(p, "\n");
        p += *p == '\n' ? 1 : 0;
    }
    const size_t length = strcspn(p, "\r\n");
    const size_t columns = strcspn(p, ",;\t");
    const bool is_setting = strcspn(p, "={}(:/@\"") < length;
    return columns < length && columns > 0 && !is_setting && p[columns + 1] != '\n' &&
           p[columns + 1] != '\r' && p[columns + 1] != '\0';
}

/** A file that cannot be one of settings, told in one line. */
static bool is_stranger(struct splicer *s, const struct sim_source *source)
{
    const struct sim_place place = {.file = source->path};
    const char *remedy = NULL;
    const char *what = sim_cfgtext_stranger(source->text, source->length, &remedy);
    if (what == NULL && (ends_with(source->path, ".csv") || is_table(source))) {
        what = "a table (CSV), not a file of settings";
        remedy = "a park file names it: tables = ( { csv = \"...\"; into = \"firms\"; } ), or a "
                 "profile by its key csv";
    }
    if (what != NULL) {
        sim_diag_add(s->diag, SIM_DIAG_WRONG, &place, NULL, remedy, "this is %s", what);
    }
    return what != NULL;
}

static void splice(struct splicer *s, const struct sim_source *source)
{
    const char *p = source->text;
    const char *end = source->text + source->length;
    if (is_stranger(s, source)) {
        return;
    }
    if (source->length >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
        p += 3; // editors on Windows write one; libconfig would call it a syntax error
    }
    sim_diag_source(s->diag, source->path, p, (size_t)(end - p));
    check_bytes(s, source->path, p, (size_t)(end - p));
    s->open[s->depth++] = source->path;
    for (int line = 1; p < end; line++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        const size_t length = (size_t)((stop != NULL ? stop : end) - p);
        size_t from = 0;
        size_t to = 0;
        if (s->state == IN_TEXT && is_include(p, length, &from, &to)) {
            include_line(s, source->path, line, p, length, from, to);
        } else {
            put_line(s, source->path, line, p, length);
            s->state = state_after(s->state, p, length);
        }
        p += length + 1;
    }
    s->depth--;
}

static void splice_source(struct sim_tree *t, const struct sim_source *source,
                          struct sim_tree_text *out, struct sim_diag *d)
{
    struct splicer s = {.tree = t, .diag = d};
    splice(&s, source);
    put_line(&s, source->path, s.lines.count > 0 ? SIM_VEC_LAST(&s.lines).line : 1, "", 0);
    SIM_VEC_PUSH(&s.text, '\0');
    out->text = s.text.data;
    out->length = (size_t)s.text.count - 1;
    out->lines = s.lines.data;
    out->starts = s.starts.data;
    out->line_count = s.lines.count;
}

bool sim_tree_splice_file(struct sim_tree *t, const char *path, struct sim_tree_text *out,
                          struct sim_diag *d)
{
    const struct sim_source *source = sim_tree_read_file(t, NULL, path, d);
    if (source == NULL) {
        return false;
    }
    splice_source(t, source, out, d);
    return true;
}

bool sim_tree_splice_text(struct sim_tree *t, const char *file, const char *text, size_t length,
                          struct sim_tree_text *out, struct sim_diag *d)
{
    if (length > SIM_TREE_MAX_BYTES) {
        sim_diag_add(d, SIM_DIAG_WRONG, NULL, NULL, NULL,
                     "%s is %zu bytes long; at most %d are taken", file, length,
                     SIM_TREE_MAX_BYTES);
        return false;
    }
    splice_source(t, sim_tree_add_source(t, file, text, length), out, d);
    return true;
}

void sim_tree_splice_free(struct sim_tree_text *x)
{
    free(x->text);
    free(x->lines);
    free(x->starts);
}

struct sim_place sim_tree_splice_place(const struct sim_tree_text *x, size_t offset, size_t length)
{
    int low = 0;
    int high = x->line_count - 1;
    while (low < high) {
        const int middle = low + (high - low + 1) / 2;
        if (x->starts[middle] <= offset) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return (struct sim_place){.file = x->lines[low].file,
                              .line = x->lines[low].line,
                              .column = (int)(offset - x->starts[low]) + 1,
                              .length = (int)length};
}
