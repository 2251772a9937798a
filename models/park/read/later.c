// Keys of the park format that a later version will have: told by name and taken out of the tree,
// so that nothing is silently ignored and nothing is told twice. A part that arrives loses its line
// here.
#include "models/park/base/kinds.h"

#include <stdlib.h>
#include <string.h>

static const struct later {
    const char *pattern; // paths of what is not there yet
    const char *value;   // only where its text is this; NULL: any
    const char *what;
    const char *instead; // NULL: just leave it out
    bool whole;          // take out the thing that it stands in, too
} laters[] = {
    {"disruptions", NULL, "disruptions are", NULL, false},
    {"fleets", NULL, "fleets are", NULL, false},
    {"measures", NULL, "measures are", NULL, false},
    {"statements", NULL, "statements are", NULL, false},
    {"tariffs", NULL, "tariffs are", "write a price or a profile", false},
    {"trucks", NULL, "trucks are", "write links of kind = \"pipe\" with a capacity", false},
    {"properties", NULL, "carried properties are", NULL, false},
    {"park.property_quantum", NULL, "carried properties are", NULL, false},
    {"sites.*.fence", NULL, "outlines of sites are", NULL, false},
    {"profiles.*.noise", NULL, "noise on profiles is", NULL, false},
    {"profiles.*.redraw", NULL, "noise on profiles is", NULL, false},
    {"profiles.*.autocorrelation", NULL, "noise on profiles is", NULL, false},
    {"streams.*.properties", NULL, "carried properties are", NULL, false},
    {"streams.*.grade", NULL, "temperature grades are", NULL, false},
    {"streams.*.hazard", NULL, "hazard classes are", NULL, false},
    {"firms.*.processes.*.start_up", NULL, "start-up times are", NULL, false},
    {"firms.*.processes.*.ramp", NULL, "ramps are", NULL, false},
    {"firms.*.processes.*.bypass", NULL, "turbine bypasses are",
     "let a market dispose of what nobody takes of its power", false},
    {"firms.*.processes.*.inputs.*.optional", NULL, "optional inputs are", NULL, false},
    {"firms.*.processes.*.inputs.*.replaces", NULL, "replaced inputs are", NULL, false},
    {"firms.*.processes.*.inputs.*.grade", NULL, "temperature grades are", NULL, false},
    {"firms.*.processes.*.inputs.*.phase", NULL, "phases of batches are", NULL, false},
    {"utilities.*.units.*.start_up", NULL, "start-up times are", NULL, false},
    {"utilities.*.units.*.ramp", NULL, "ramps are", NULL, false},
    {"utilities.*.units.*.bypass", NULL, "turbine bypasses are",
     "let a market dispose of what nobody takes of its power", false},
    {"utilities.*.units.*.grade", NULL, "temperature grades are", NULL, false},
    {"utilities.*.units.*.water", NULL, "water as a key of its own is",
     "write inputs = { water = \"1.05 m3/t\"; }", false},
    {"links.*.kind", "truck", "trucks are", "write kind = \"pipe\" with a capacity", true},
    {"links.*.kind", "trucks", "trucks are", "write kind = \"pipe\" with a capacity", true},
    {"exchanges.*.limits", NULL, "limits on quality are", NULL, false},
    {"exchanges.*.dead_band", NULL, "limits on quality are", NULL, false},
    {"exchanges.*.rejected", NULL, "limits on quality are", NULL, false},
    {"exchanges.*.serves", NULL, "one stream in place of another is", NULL, false},
};

/** Kinds of process and unit: a firm may have each as well as a utility. */
static const struct later unit_laters[] = {
    {NULL, "batch", "batch processes are", "write kind = \"continuous\"", true},
    {NULL, "wastewater_plant", "wastewater plants are", "write kind = \"continuous\"", true},
    {NULL, "pv", "PV is", "buy it from a market whose capacity is a profile", true},
    {NULL, "battery", "batteries are", "write a stock of the firm", true},
    {NULL, "grid", "grid connections are", "buy from a market", true},
    {NULL, "heat_exchanger", "heat exchangers are", "write kind = \"waste_heat_boiler\"", true},
    {NULL, "heat_store", "heat stores are", "write a stock of the firm", true},
    {NULL, "thermal_store", "heat stores are", "write a stock of the firm", true},
    {NULL, "water_reclaim", "water reclaim is", "write kind = \"continuous\"", true},
    {NULL, "chiller", "chillers are", "write kind = \"continuous\"", true},
    {NULL, "cooling", "cooling is", "write kind = \"continuous\"", true},
    {NULL, "compressed_air", "compressed air is", "write kind = \"continuous\"", true},
};
static const char *const unit_places[] = {"firms.*.processes.*.kind", "utilities.*.units.*.kind"};

static void tell(const struct sim_node *n, const struct later *p, struct sim_diag *d)
{
    char *path = sim_tree_path(n);
    const struct sim_place *at = p->value != NULL ? &n->value_at : &n->place;
    sim_diag_add(d, SIM_DIAG_WRONG, at, path, p->instead != NULL ? p->instead : "leave it out",
                 "%s not yet in this version", p->what);
    free(path);
}

// Contracts over a link that is taken out would only be told as lost references.
static void remove_over(struct sim_tree *t, const char *link, struct sim_diag *d)
{
    struct sim_node **found = NULL;
    const int count = sim_tree_match(sim_tree_root(t), "exchanges.*.over", &found);
    for (int i = 0; i < count; i++) {
        if (found[i]->text != NULL && strcmp(found[i]->text, link) == 0) {
            char *path = sim_tree_path(found[i]->parent);
            (void)sim_tree_remove(t, path, NULL, NULL, d);
            free(path);
        }
    }
    free(found);
}

static void take_out(struct sim_tree *t, const struct later *p, struct sim_diag *d)
{
    struct sim_node **found = NULL;
    const int count = sim_tree_match(sim_tree_root(t), p->pattern, &found);
    for (int i = 0; i < count; i++) {
        const struct sim_node *n = found[i];
        if (p->value != NULL && (n->text == NULL || strcmp(n->text, p->value) != 0)) {
            continue;
        }
        tell(n, p, d);
        char *path = sim_tree_path(p->whole ? n->parent : n);
        if (p->whole && strncmp(path, "links.", 6) == 0) {
            remove_over(t, n->parent->name, d);
        }
        (void)sim_tree_remove(t, path, NULL, NULL, d);
        free(path);
    }
    free(found);
}

// Amounts of carried properties stand beside `amount`: cod = "600 mg/L".
static void take_out_properties(struct sim_tree *t, struct sim_diag *d)
{
    static const char *const places[] = {"firms.*.processes.*.inputs.*",
                                         "firms.*.processes.*.outputs.*"};
    struct sim_node **streams = NULL;
    const int count = sim_tree_match(sim_tree_root(t), "streams.*.properties", &streams);
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < streams[i]->count * SIM_COUNT(places); k++) {
            const char *name = streams[i]->children[k / SIM_COUNT(places)]->name;
            if (name == NULL) {
                continue;
            }
            char *pattern = sim_base_format("%s.%s", places[k % SIM_COUNT(places)], name);
            struct sim_node **found = NULL;
            if (sim_tree_match(sim_tree_root(t), pattern, &found) > 0) {
                (void)sim_tree_remove(t, pattern, NULL, NULL, d);
            }
            free(found);
            free(pattern);
        }
    }
    free(streams);
}

// A value tariff(...): told by the same words as the group it names. A curve(...) alike.
static void take_out_forms(struct sim_tree *t, struct sim_node *n, struct sim_diag *d)
{
    static const struct later tariff = {
        .value = "", .what = "tariffs are", .instead = "write a price or a profile"};
    static const struct later curve = {
        .value = "", .what = "curves over the load are", .instead = "write the value at full load"};
    const bool is_text = n->text != NULL && n->kind == SIM_NODE_TEXT;
    const struct later *form = !is_text                              ? NULL
                               : strncmp(n->text, "tariff(", 7) == 0 ? &tariff
                               : strncmp(n->text, "curve(", 6) == 0  ? &curve
                                                                     : NULL;
    if (form != NULL) {
        tell(n, form, d);
        char *path = sim_tree_path(n);
        (void)sim_tree_remove(t, path, NULL, NULL, d);
        free(path);
        return;
    }
    for (int i = n->count - 1; i >= 0; i--) { // from the end, since children may go
        take_out_forms(t, n->children[i], d);
    }
}

// Not a part of the park at all, although easily taken for one.
static void take_out_study(struct sim_tree *t, struct sim_diag *d)
{
    const struct sim_node *n = sim_tree_child(sim_tree_root(t), "study");
    if (n != NULL) {
        sim_diag_add(d, SIM_DIAG_WRONG, &n->place, "study",
                     "write a file with format = 1; park = \"...\"; study = { ... };",
                     "a study stands in a file of its own");
        (void)sim_tree_remove(t, "study", NULL, NULL, d);
    }
}

void park_later_check(struct sim_tree *t, struct sim_diag *d)
{
    take_out_study(t, d);
    take_out_properties(t, d);
    for (int i = 0; i < SIM_COUNT(laters); i++) {
        take_out(t, &laters[i], d);
    }
    for (int i = 0; i < SIM_COUNT(unit_laters) * SIM_COUNT(unit_places); i++) {
        struct later unit = unit_laters[i / SIM_COUNT(unit_places)];
        unit.pattern = unit_places[i % SIM_COUNT(unit_places)];
        take_out(t, &unit, d);
    }
    take_out_forms(t, sim_tree_root(t), d);
}

void park_later_check_designs(struct sim_tree *t, struct sim_diag *d)
{
    static const struct later measures = {.pattern = "designs.*.measures", .what = "measures are"};
    take_out(t, &measures, d);
}
