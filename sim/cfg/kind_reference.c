// SPDX-License-Identifier: MIT
// The reference of the format, from the tables that the loader reads.
#include "sim/cfg/cfgtext.h"
#include "sim/cfg/kind_priv.h"

#include <stdlib.h>
#include <string.h>

struct book {
    sim_cfgtext out;
    SIM_VEC(const struct sim_kind *) kinds; // found so far, in order
};

/** '|' would end a cell of the table. */
static void put_cell(struct book *b, const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        sim_cfgtext_bytes(&b->out, *p == '|' ? "\\|" : p, *p == '|' ? 2 : 1);
    }
}

static void find_kind(struct book *b, const struct sim_kind *kind);

static void find_key(struct book *b, const struct sim_key *key)
{
    if (key->kind != NULL) {
        find_kind(b, key->kind);
    }
    for (int i = 0; key->kinds != NULL && key->kinds[i] != NULL; i++) {
        find_kind(b, key->kinds[i]);
    }
}

/** A kind, then what stands in it, each once: the order of the page. */
static void find_kind(struct book *b, const struct sim_kind *kind)
{
    for (int i = 0; i < b->kinds.count; i++) {
        if (b->kinds.data[i] == kind) {
            return;
        }
    }
    SIM_VEC_PUSH(&b->kinds, kind);
    for (int i = 0; i < kind->key_count; i++) {
        find_key(b, &kind->keys[i]);
    }
    if (kind->any != NULL) {
        find_key(b, kind->any);
    }
}

// ---- what a key takes -----------------------------------------------------------------

static void put_link(struct book *b, const struct sim_kind *kind)
{
    sim_cfgtext_format(&b->out, "[%s](#", kind->name);
    for (const char *p = kind->name; *p != '\0'; p++) {
        const char c = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p == ' ' ? '-' : *p);
        sim_cfgtext_bytes(&b->out, &c, 1);
    }
    sim_cfgtext_put(&b->out, ")");
}

static void put_kinds(struct book *b, const struct sim_key *key)
{
    if (key->kinds == NULL) {
        put_link(b, key->kind);
        return;
    }
    sim_cfgtext_put(&b->out, "by `kind`: ");
    for (int i = 0; key->kinds[i] != NULL; i++) {
        sim_cfgtext_put(&b->out, i > 0 ? ", " : "");
        put_link(b, key->kinds[i]);
    }
    if (key->kind != NULL) {
        sim_cfgtext_put(&b->out, "; else ");
        put_link(b, key->kind);
    }
}

static void put_value_type(struct book *b, const struct sim_key *key)
{
    if (key->dim == NULL) {
        sim_cfgtext_put(&b->out, "number or %");
    } else {
        sim_cfgtext_format(&b->out, "quantity in `%s`", key->dim);
    }
    static const char *const more[] = {"",       "",      "distribution", "profile",
                                       "tariff", "curve", "limit"};
    for (int i = SIM_VALUE_DIST; i < SIM_COUNT(more); i++) {
        if ((key->forms & (1U << i)) != 0) {
            sim_cfgtext_format(&b->out, ", %s", more[i]);
        }
    }
    if (key->forms == (unsigned)SIM_FORM_LIMIT) {
        sim_cfgtext_put(&b->out, " only");
    }
}

static void put_choices(struct book *b, const struct sim_key *key)
{
    for (int i = 0; key->choices[i] != NULL; i++) {
        sim_cfgtext_format(&b->out, "%s`\"%s\"`", i > 0 ? " or " : "", key->choices[i]);
    }
}

static void put_refers(struct book *b, const char *refers)
{
    const char *p = refers != NULL ? refers : "";
    for (int i = 0; *(p += strspn(p, " ")) != '\0'; i++) {
        const size_t n = strcspn(p, " ");
        sim_cfgtext_put(&b->out, i > 0 ? ", " : "");
        if (*p == '\'' && n > 2) {
            sim_cfgtext_format(&b->out, "`\"%.*s\"`", (int)n - 2, p + 1);
        } else if (*p == '.') {
            sim_cfgtext_format(&b->out, "a name in the nearest `%.*s`", (int)n - 1, p + 1);
        } else {
            sim_cfgtext_format(&b->out, "a name in `%.*s`", (int)n, p);
        }
        p += n;
    }
}

static void put_type(struct book *b, const struct sim_key *key)
{
    switch (key->type) {
    case SIM_KEY_TEXT:
        sim_cfgtext_put(&b->out, "text");
        break;
    case SIM_KEY_BOOL:
        sim_cfgtext_put(&b->out, "true or false");
        break;
    case SIM_KEY_COUNT:
        sim_cfgtext_put(&b->out, "whole number");
        break;
    case SIM_KEY_NUMBER:
        sim_cfgtext_put(&b->out, "number");
        break;
    case SIM_KEY_VALUE:
        put_value_type(b, key);
        break;
    case SIM_KEY_CHOICE:
        put_choices(b, key);
        break;
    case SIM_KEY_TIME:
        sim_cfgtext_put(&b->out, "date");
        break;
    case SIM_KEY_FILE:
        sim_cfgtext_put(&b->out, "file");
        break;
    case SIM_KEY_REF:
        put_refers(b, key->refers);
        break;
    case SIM_KEY_TEXTS:
        sim_cfgtext_put(&b->out, "list of texts");
        break;
    case SIM_KEY_REFS:
        sim_cfgtext_put(&b->out, "one or a list of: ");
        put_refers(b, key->refers);
        break;
    case SIM_KEY_NUMBERS:
        sim_cfgtext_put(&b->out, "list of numbers");
        break;
    case SIM_KEY_VALUES:
        sim_cfgtext_put(&b->out, "list of: ");
        put_value_type(b, key);
        break;
    case SIM_KEY_GROUP:
        put_kinds(b, key);
        break;
    case SIM_KEY_MAP:
        sim_cfgtext_put(&b->out, "named things, ");
        put_kinds(b, key);
        break;
    case SIM_KEY_LIST:
        sim_cfgtext_put(&b->out, "list, ");
        put_kinds(b, key);
        break;
    case SIM_KEY_NODE:
        sim_cfgtext_put(&b->out, "see text");
        break;
    }
}

static void put_range(struct book *b, const struct sim_key *key)
{
    const char *above = (key->flags & SIM_KEY_ABOVE_MIN) != 0 ? "> " : "";
    if (key->min != NULL && key->max != NULL) {
        sim_cfgtext_format(&b->out, "%s%s to %s", above, key->min, key->max);
    } else if (key->min != NULL) {
        sim_cfgtext_format(&b->out, "%s%s", above[0] != '\0' ? above : ">= ", key->min);
    } else if (key->max != NULL) {
        sim_cfgtext_format(&b->out, "<= %s", key->max);
    }
}

static void put_key(struct book *b, const struct sim_key *key, const char *name)
{
    sim_cfgtext_format(&b->out, "| `%s` | ", name);
    put_type(b, key);
    sim_cfgtext_put(&b->out, " | ");
    if ((key->flags & SIM_KEY_REQUIRED) != 0 && key->initial == NULL) {
        sim_cfgtext_put(&b->out, "required");
    } else if (key->initial != NULL) {
        sim_cfgtext_put(&b->out, "`");
        put_cell(b, key->initial);
        sim_cfgtext_put(&b->out, "`");
    }
    sim_cfgtext_put(&b->out, " | ");
    put_range(b, key);
    sim_cfgtext_put(&b->out, " | ");
    put_cell(b, key->doc != NULL ? key->doc : "");
    if ((key->flags & SIM_KEY_RUN) != 0) {
        sim_cfgtext_put(&b->out, " (may change during a run)");
    }
    sim_cfgtext_put(&b->out, " |\n");
}

static void put_kind(struct book *b, const struct sim_kind *kind)
{
    sim_cfgtext_format(&b->out, "## %s\n\n", kind->name);
    if (kind->doc != NULL) {
        sim_cfgtext_format(&b->out, "%s\n\n", kind->doc);
    }
    if (kind->brief != NULL) {
        sim_cfgtext_format(&b->out, "Short form: a value alone stands for `{ %s = ...; }`.\n\n",
                           kind->brief);
    }
    if (kind->has_no_defaults) {
        return; // its keys are those of the kind that it is a part of
    }
    sim_cfgtext_put(&b->out, "| key | takes | default | range | what |\n|---|---|---|---|---|\n");
    for (int i = 0; i < kind->key_count; i++) {
        put_key(b, &kind->keys[i], kind->keys[i].name);
    }
    if (kind->any != NULL) {
        put_key(b, kind->any, kind->any->name != NULL ? kind->any->name : "(any name)");
    }
    sim_cfgtext_put(&b->out, "\n");
}

char *sim_kind_reference(const struct sim_kind *root)
{
    struct book b = {0};
    find_kind(&b, root);
    for (int i = 0; i < b.kinds.count; i++) {
        put_kind(&b, b.kinds.data[i]);
    }
    SIM_VEC_FREE(&b.kinds);
    return sim_cfgtext_done(&b.out);
}
