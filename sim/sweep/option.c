#include "sim/sweep/option.h"

#include "sim/base/strtab.h"
#include "sim/base/vec.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

struct given {
    const struct sim_option *option;
    const char *value; // NULL for a switch
};

struct sim_option_args {
    SIM_VEC(struct given) given;
    SIM_VEC(const char *) positional;
    SIM_VEC(const char *) gathered; // what sim_option_texts hands out
};

/** Where reading stands. */
struct reading {
    const struct sim_option *table;
    int argc;
    char *const *argv;
    int next;
    struct sim_option_args *args;
    struct sim_err *err;
};

static const struct sim_option *find_name(const struct sim_option *table, const char *name,
                                          size_t length)
{
    for (const struct sim_option *o = table; o->name != NULL; o++) {
        if (strlen(o->name) == length && strncmp(o->name, name, length) == 0) {
            return o;
        }
    }
    return NULL;
}

static const struct sim_option *find_letter(const struct sim_option *table, char letter)
{
    for (const struct sim_option *o = table; o->name != NULL; o++) {
        if (o->letter == letter) {
            return o;
        }
    }
    return NULL;
}

static enum sim_status unknown(const struct reading *r, const char *name, size_t length)
{
    SIM_VEC(const char *) names = {0};
    char *wanted = sim_base_format("%.*s", (int)length, name);

    for (const struct sim_option *o = r->table; o->name != NULL; o++) {
        SIM_VEC_PUSH(&names, o->name);
    }
    const char *nearest = sim_strtab_nearest(wanted, names.data, names.count);
    const enum sim_status status =
        nearest != NULL
            ? sim_err_set(r->err, SIM_USAGE, "unknown option --%s; did you mean --%s?", wanted,
                          nearest)
            : sim_err_set(r->err, SIM_USAGE, "unknown option --%s; --help lists them", wanted);

    SIM_VEC_FREE(&names);
    free(wanted);
    return status;
}

static enum sim_status take(struct reading *r, const struct sim_option *o, const char *value)
{
    if (!o->repeats && sim_option_is_given(r->args, o->name)) {
        return sim_err_set(r->err, SIM_USAGE, "--%s is given twice", o->name);
    }
    if (o->value == NULL && value != NULL) {
        return sim_err_set(r->err, SIM_USAGE, "--%s takes no value", o->name);
    }
    if (o->value != NULL && value == NULL) {
        if (r->next == r->argc) {
            return sim_err_set(r->err, SIM_USAGE, "--%s wants a value: --%s %s", o->name, o->name,
                               o->value);
        }
        value = r->argv[r->next++];
    }
    SIM_VEC_PUSH(&r->args->given, (struct given){o, value});
    return SIM_OK;
}

static enum sim_status read_long(struct reading *r, const char *word)
{
    const size_t length = strcspn(word, "=");
    const struct sim_option *o = find_name(r->table, word, length);

    if (o == NULL) {
        return unknown(r, word, length);
    }
    return take(r, o, word[length] == '=' ? word + length + 1 : NULL);
}

static enum sim_status read_short(struct reading *r, const char *word)
{
    const struct sim_option *o = find_letter(r->table, word[0]);

    if (o == NULL) {
        return sim_err_set(r->err, SIM_USAGE, "unknown option -%s; --help lists them", word);
    }
    return take(r, o, word[1] != '\0' ? word + 1 : NULL);
}

static enum sim_status read_word(struct reading *r, bool *has_ended)
{
    const char *word = r->argv[r->next++];

    if (*has_ended || word[0] != '-' || word[1] == '\0') { // "-" alone is a name
        SIM_VEC_PUSH(&r->args->positional, word);
        return SIM_OK;
    }
    if (strcmp(word, "--") == 0) {
        *has_ended = true;
        return SIM_OK;
    }
    return word[1] == '-' ? read_long(r, word + 2) : read_short(r, word + 1);
}

enum sim_status sim_option_parse(const struct sim_option *table, int argc, char *const *argv,
                                 struct sim_option_args **out, struct sim_err *err)
{
    struct reading r = {table, argc, argv, 0, sim_base_alloc(1, sizeof(*r.args)), err};
    bool has_ended = false;

    *out = NULL;
    while (r.next < argc) {
        const enum sim_status status = read_word(&r, &has_ended);

        if (status != SIM_OK) {
            sim_option_args_destroy(r.args);
            return status;
        }
    }
    *out = r.args;
    return SIM_OK;
}

void sim_option_args_destroy(struct sim_option_args *args)
{
    if (args == NULL) {
        return;
    }
    SIM_VEC_FREE(&args->given);
    SIM_VEC_FREE(&args->positional);
    SIM_VEC_FREE(&args->gathered);
    free(args);
}

const char *sim_option_text(const struct sim_option_args *args, const char *name)
{
    const char *value = NULL;

    for (int i = 0; i < args->given.count; i++) {
        if (strcmp(args->given.data[i].option->name, name) == 0) {
            value = args->given.data[i].value;
        }
    }
    return value;
}

bool sim_option_is_given(const struct sim_option_args *args, const char *name)
{
    for (int i = 0; i < args->given.count; i++) {
        if (strcmp(args->given.data[i].option->name, name) == 0) {
            return true;
        }
    }
    return false;
}

const char *const *sim_option_texts(struct sim_option_args *args, const char *name, int *out_count)
{
    args->gathered.count = 0;
    for (int i = 0; i < args->given.count; i++) {
        if (strcmp(args->given.data[i].option->name, name) == 0) {
            SIM_VEC_PUSH(&args->gathered, args->given.data[i].value);
        }
    }
    *out_count = args->gathered.count;
    return args->gathered.data;
}

enum sim_status sim_option_int(const struct sim_option_args *args, const char *name, int64_t least,
                               int64_t most, int64_t *out, struct sim_err *err)
{
    const char *text = sim_option_text(args, name);
    char *end = NULL;

    if (text == NULL) {
        return SIM_OK;
    }
    errno = 0;
    const long long number = strtoll(text, &end, 10);

    if (end == text || *end != '\0' || errno != 0 || number < least || number > most) {
        return sim_err_set(err, SIM_USAGE,
                           "--%s: '%s' is no whole number between %" PRId64 " and %" PRId64, name,
                           text, least, most);
    }
    *out = number;
    return SIM_OK;
}

int sim_option_positional_count(const struct sim_option_args *args)
{
    return args->positional.count;
}

const char *sim_option_positional(const struct sim_option_args *args, int index)
{
    SIM_REQUIRE(index >= 0 && index < args->positional.count, "the argument was given");
    return args->positional.data[index];
}
