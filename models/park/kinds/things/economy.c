// The group `economy`: currencies, and figures that indicators use.
#include "models/park/base/kinds.h"
#include "sim/num/units.h"

#include <stdlib.h>

static const struct sim_key keys[] = {
    {.name = "currency",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_economy, currency),
     .doc = "the park's own, three capital letters; prices may be written in it"},
    {.name = "currencies",
     .type = SIM_KEY_NODE,
     .offset = offsetof(struct park_economy, currencies),
     .doc = "others that prices may be written in: { USD = \"25400 VND\"; }"},
    {.name = "price_base",
     .type = SIM_KEY_NODE,
     .offset = offsetof(struct park_economy, price_base),
     .doc = "year of the prices"},
    {.name = "discount_rate",
     .type = SIM_KEY_VALUE,
     .dim = "%/year",
     .offset = offsetof(struct park_economy, discount_rate),
     .doc = "per year; kept for indicators"},
    {.name = "inflation",
     .type = SIM_KEY_VALUE,
     .dim = "%/year",
     .offset = offsetof(struct park_economy, inflation),
     .doc = "per year; kept for indicators"},
    {.name = "carbon_price",
     .type = SIM_KEY_VALUE,
     .dim = "{money}/tCO2e",
     .flags = SIM_KEY_PRICE,
     .offset = offsetof(struct park_economy, carbon_price),
     .doc = "kept for indicators"},
};

static const struct sim_kind kind = {
    .name = "economy",
    .doc = "Currency and others with their rates, and figures that indicators use.",
    .size = sizeof(struct park_economy),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

// Told at the node, with its path.
static void wrong(const struct sim_node *n, struct sim_diag *d, const char *remedy,
                  const char *text)
{
    char *path = sim_tree_path(n);
    sim_diag_add(d, SIM_DIAG_WRONG, &n->value_at, path, remedy, "%s", text);
    free(path);
}

struct sim_units *park_economy_units(const struct sim_tree *t, struct sim_diag *d)
{
    const struct sim_node *economy = sim_tree_child(sim_tree_root(t), "economy");
    const struct sim_node *own = sim_tree_child(economy, "currency");
    const char *currency = own != NULL ? own->text : NULL;
    bool fits = currency != NULL;
    for (int i = 0; fits && i < 4; i++) {
        fits = i < 3 ? currency[i] >= 'A' && currency[i] <= 'Z' : currency[i] == '\0';
    }
    if (currency != NULL && !fits) {
        wrong(own, d, "write three capital letters, such as \"VND\"", "not a currency");
    }
    struct sim_units *units = sim_units_create(fits ? currency : NULL);
    const struct sim_node *others = sim_tree_child(economy, "currencies");
    for (int i = 0; fits && others != NULL && i < others->count; i++) {
        const struct sim_node *n = others->children[i];
        struct sim_err err;
        double factor;
        if (n->text == NULL) {
            wrong(n, d, "write a price such as \"25400 VND\"", "a currency has one value");
        } else if (sim_units_parse_si(units, n->text, SIM_DIM_MONEY, &factor, &err) != SIM_OK ||
                   sim_units_add_currency(units, n->name, factor, &err) != SIM_OK) {
            wrong(n, d, NULL, err.text);
        }
    }
    return units;
}

static void resolve(struct park_loader *l)
{
    const char *currency = sim_units_currency(l->park->units);
    l->park->currency = currency != NULL ? currency : "";
}

const struct park_kind park_economy = {
    .group = "economy",
    .is_one = true,
    .keys = &kind,
    .list = PARK_ALONE(economy),
    .resolve = resolve,
};
