// Dimensions that depend on streams: rules such as "{name}/{basis}" (kinds.h).
#include "models/park/base/kinds.h"
#include "sim/base/vec.h"
#include "sim/num/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** As the loader reads it: what comes from an override or a table is a text without quotes. */
static const char *text_of(const struct sim_node *group, const char *key)
{
    const struct sim_node *n = sim_tree_child(group, key);
    return n != NULL && (n->kind == SIM_NODE_TEXT || n->loose) ? n->text : NULL;
}

/** NULL where it is that of no amount: streams.c tells that, and nothing is measured against it. */
static const char *unit_of_stream(const struct park_dims *d, const char *stream)
{
    const struct sim_node *streams = sim_tree_child(sim_tree_root(d->tree), "streams");
    const char *text = stream != NULL ? text_of(sim_tree_child(streams, stream), "unit") : NULL;
    struct sim_unit unit;
    struct sim_err err;
    const bool is_amount = text != NULL && sim_units_parse(d->units, text, &unit, &err) == SIM_OK &&
                           park_streams_is_amount(unit.dim);
    return is_amount ? text : NULL;
}

// The nearest group around that has the key; a link or exchange may say its stream by `over`.
static const char *stream_around(const struct sim_tree *t, const struct sim_node *n)
{
    for (; n != NULL; n = n->parent) {
        const char *stream = text_of(n, "stream");
        const char *over = text_of(n, "over");
        if (over != NULL) {
            const struct sim_node *links = sim_tree_child(sim_tree_root(t), "links");
            return text_of(sim_tree_child(links, over), "stream");
        }
        if (stream != NULL) {
            return stream;
        }
    }
    return NULL;
}

static const char *basis_around(const struct sim_node *n)
{
    for (; n != NULL; n = n->parent) {
        const char *basis = text_of(n, "basis");
        basis = basis != NULL ? basis : text_of(n, "product");
        basis = basis != NULL ? basis : text_of(n, "stream"); // of a utility
        if (basis != NULL) {
            return basis;
        }
    }
    return NULL;
}

// The entry of a list of streams that it stands in: inputs.pulp.amount -> "pulp".
static const char *name_around(const struct sim_node *n)
{
    static const char *const lists[] = {"inputs", "outputs", "fuel", "sells", "buys", "disposes"};
    for (; n != NULL && n->parent != NULL; n = n->parent) {
        for (int i = 0; n->parent->name != NULL && i < SIM_COUNT(lists); i++) {
            if (strcmp(n->parent->name, lists[i]) == 0) {
                return n->name;
            }
        }
    }
    return NULL;
}

static const char *unit_around(const struct sim_node *n)
{
    for (; n != NULL; n = n->parent) {
        if (text_of(n, "unit") != NULL) {
            return text_of(n, "unit");
        }
    }
    return NULL;
}

/** Where amounts are told in Nm3, densities are, too. */
static const char *volume_around(const struct park_dims *d, const struct sim_node *n)
{
    const char *text = unit_around(n);
    struct sim_unit unit;
    struct sim_err err;
    const bool is_normal = text != NULL && sim_units_parse(d->units, text, &unit, &err) == SIM_OK &&
                           sim_units_is_same(unit.dim, SIM_DIM_NORMAL);
    return is_normal ? "Nm3" : "m3";
}

// The unit that a word in braces stands for; NULL: not known.
static const char *unit_for(const struct park_dims *d, const char *word, size_t length,
                            const struct sim_node *n)
{
    if (length == 6 && strncmp(word, "stream", 6) == 0) {
        return unit_of_stream(d, stream_around(d->tree, n));
    }
    if (length == 5 && strncmp(word, "basis", 5) == 0) {
        return unit_of_stream(d, basis_around(n));
    }
    if (length == 4 && strncmp(word, "name", 4) == 0) {
        return unit_of_stream(d, name_around(n));
    }
    if (length == 4 && strncmp(word, "unit", 4) == 0) {
        return unit_around(n);
    }
    if (length == 6 && strncmp(word, "volume", 6) == 0) {
        return volume_around(d, n);
    }
    SIM_REQUIRE(length == 5 && strncmp(word, "money", 5) == 0, "a rule names what is not known");
    return sim_units_currency(d->units);
}

// The rule with units put in for the words in braces; false when one is not known or too long.
static bool write_out(const struct park_dims *d, const char *rule, const struct sim_node *n,
                      char *out, size_t size)
{
    size_t used = 0;
    while (*rule != '\0') {
        const char *piece = rule;
        size_t length = strcspn(rule, "{");
        const char *next = rule + length;
        if (*rule == '{') {
            const size_t word = strcspn(rule + 1, "}");
            piece = unit_for(d, rule + 1, word, n);
            next = rule + word + 2;
            if (piece == NULL) {
                return false;
            }
            length = strlen(piece);
        }
        if (used + length + 1 > size) {
            return false;
        }
        memcpy(out + used, piece, length);
        used += length;
        rule = next;
    }
    out[used] = '\0';
    return true;
}

/** The stream that the last word in braces of a rule means; NULL: none. */
static const struct sim_node *stream_for(const struct park_dims *d, const char *rule,
                                         const struct sim_node *n)
{
    const struct sim_node *streams = sim_tree_child(sim_tree_root(d->tree), "streams");
    const char *word = strstr(rule, "/{");
    const char *name = NULL;
    if (word != NULL && strcmp(word, "/{unit}") == 0) {
        while (n != NULL && n->parent != streams) {
            n = n->parent;
        }
        return n;
    }
    if (word != NULL && strcmp(word, "/{name}") == 0) {
        name = name_around(n);
    } else if (word != NULL && strcmp(word, "/{stream}") == 0) {
        name = stream_around(d->tree, n);
    }
    return name != NULL ? sim_tree_child(streams, name) : NULL;
}

/** The energy content of the stream that a price or emission factor is of; false: not stated. */
static bool energy_for(const struct park_dims *d, const char *rule, const struct sim_node *n,
                       struct sim_quantity *out)
{
    const struct sim_node *energy = sim_tree_child(stream_for(d, rule, n), "energy");
    struct sim_err err;
    if (energy == NULL || energy->text == NULL) {
        return false;
    }
    char *text = sim_base_format("%.*s", (int)strcspn(energy->text, "["), energy->text);
    const bool is_read = sim_units_parse_quantity(d->units, text, out, &err) == SIM_OK;
    free(text);
    return is_read;
}

bool park_dims_per_energy(void *user, const char *rule, struct sim_dim wanted, struct sim_value *v)
{
    struct sim_quantity energy;
    const bool is_factor = wanted.money != 0 || wanted.carbon != 0;
    if (!is_factor || !energy_for(user, rule, v->node, &energy) ||
        !sim_units_is_same(sim_units_dim_product(v->dim, energy.unit.dim), wanted)) {
        return false;
    }
    v->si *= energy.si;
    v->dim = wanted;
    return true;
}

void park_dims_named(void *user, const char *rule, const struct sim_value *v, double least)
{
    struct park_dims *d = user;
    struct park_use use = {.value = *v, .least = least, .other = v->dim};
    struct sim_quantity energy;
    if (rule != NULL && (v->dim.money != 0 || v->dim.carbon != 0) &&
        energy_for(d, rule, v->node, &energy)) {
        use.other = sim_units_dim_quotient(v->dim, energy.unit.dim);
    }
    SIM_VEC_PUSH(&d->uses, use);
}

bool park_dims_rule(void *user, const char *rule, const struct sim_node *node, struct sim_dim *out,
                    char example[64])
{
    const struct park_dims *d = user;
    struct sim_unit unit;
    struct sim_err err;
    if (!write_out(d, rule, node, example, 64) ||
        sim_units_parse(d->units, example, &unit, &err) != SIM_OK) {
        return false;
    }
    *out = unit.dim;
    return true;
}
