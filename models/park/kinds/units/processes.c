// Processes: streams into streams, in fixed proportions.
#include "models/park/kinds/units/process_keys.h"
#include "sim/num/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct sim_key input_keys[] = {
    PARK_FLOW_AMOUNT("taken per unit of the product (of the basis, where there is one)"),
    PARK_FLOW_FROM,
    {.name = "priority",
     .type = SIM_KEY_COUNT,
     .initial = "-1",
     .min = "-1",
     .max = "1000000",
     .offset = offsetof(struct park_flow, priority),
     .doc = "class among the takers there; -1: the process's"},
    {.name = "share",
     .type = SIM_KEY_NUMBER,
     .initial = "0",
     .min = "0",
     .offset = offsetof(struct park_flow, share),
     .doc = "weight in its class; 0: by capacity, so that all run at equal fill"},
    {.name = "burnt",
     .type = SIM_KEY_BOOL,
     .offset = offsetof(struct park_flow, burnt),
     .doc = "true: its carbon (`burning` of the stream) is set free here; default: only where the "
            "stream has kind = \"fuel\". false: a fuel is feedstock"},
};

const struct sim_kind park_processes_input = {
    .name = "input",
    .doc = "What a process takes of one stream. Short form: steam = \"1.9 t/t\".",
    .size = sizeof(struct park_flow),
    .keys = input_keys,
    .key_count = SIM_COUNT(input_keys),
    .brief = "amount",
};

static const struct sim_key output_keys[] = {
    PARK_FLOW_AMOUNT("made per unit of the product (of the basis, where there is one)"),
    {.name = "to",
     .type = SIM_KEY_REF,
     .refers = ".stocks",
     .offset = offsetof(struct park_flow, to),
     .doc = "stock of the firm it goes to; default: the firm's junction"},
    {.name = "order",
     .type = SIM_KEY_COUNT,
     .initial = "-1",
     .min = "-1",
     .max = "1000000",
     .offset = offsetof(struct park_flow, order),
     .doc = "class among the givers there; -1: the process's"},
    {.name = "share",
     .type = SIM_KEY_NUMBER,
     .initial = "0",
     .min = "0",
     .offset = offsetof(struct park_flow, share),
     .doc = "weight in its class; 0: by capacity"},
};

const struct sim_kind park_processes_output = {
    .name = "output",
    .doc = "What a process makes of one stream. Short form: sludge = \"0.08 t/t\". The product "
           "itself need not be listed, unless it goes to a stock.",
    .size = sizeof(struct park_flow),
    .keys = output_keys,
    .key_count = SIM_COUNT(output_keys),
    .brief = "amount",
};

const char *const park_processes_modes[] = {"push", "pull", NULL};

static const struct sim_key keys[] = {
    PARK_PROCESS_KEYS,
    PARK_PROCESS_MODE("push"),
    {.name = "basis",
     .type = SIM_KEY_REF,
     .refers = "streams",
     .offset = offsetof(struct park_process, basis_ref),
     .doc = "stream that capacity and amounts refer to, an input or output; default: the product. "
            "A mere user of steam has basis = \"steam\" and no product"},
};

const struct sim_kind park_processes_continuous = {
    .name = "continuous",
    .doc = "A process that turns streams into streams in fixed proportions per unit of its basis.",
    .size = sizeof(struct park_process),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

#define X(kind) extern const struct sim_kind kind;
#include "models/park/base/units.def"
#undef X

const struct sim_kind *const park_processes_kinds[] = {
#define X(kind) &(kind),
#include "models/park/base/units.def"
#undef X
    NULL};

static void found(struct park_loader *l, struct park_thing *t, const struct park_thing *owner,
                  int home)
{
    (void)l;
    (void)home;
    struct park_process *s = (struct park_process *)t;
    s->firm = owner->id;
    s->recipe = t->keys->model;
}

static int by_stream(const void *a, const void *b)
{
    const struct park_flow *x = a;
    const struct park_flow *y = b;
    const int side = (int)x->gives - (int)y->gives;
    return side != 0 ? side : (x->stream > y->stream) - (x->stream < y->stream);
}

static struct park_flow *find_flow(struct park_process *s, int32_t stream, bool gives)
{
    for (int i = 0; i < s->flow_count; i++) {
        if (s->flows[i].stream == stream && s->flows[i].gives == gives) {
            return &s->flows[i];
        }
    }
    return NULL;
}

void park_processes_from(struct park_loader *l, struct park_flow *f, const struct sim_ref *at)
{
    const struct park *p = l->park;
    int32_t party;
    if (park_resolve_place(l, at, &party, &f->stock) && f->stock >= 0 &&
        p->stocks[f->stock]->stream != f->stream && p->stocks[f->stock]->stream >= 0) {
        park_resolve_wrong(l, at->node, NULL, "stock %s holds %s, not %s", at->text,
                           p->streams[p->stocks[f->stock]->stream]->name,
                           p->streams[f->stream]->name);
    }
}

/** One more, empty. */
static struct park_flow *new_flow(struct park_loader *l, struct park_process *s)
{
    if (s->flow_count == s->flow_room) {
        const int written = s->inputs.count + s->outputs.count; // and the basis, or the product
        s->flow_room = s->flow_room > 0 ? s->flow_room + 2 : written + 1;
        struct park_flow *more = SIM_ARENA_NEW(l->park->arena, struct park_flow, s->flow_room);
        if (s->flow_count > 0) {
            memcpy(more, s->flows, (size_t)s->flow_count * sizeof(*more));
        }
        s->flows = more;
    }
    struct park_flow *f = &s->flows[s->flow_count++];
    *f = (struct park_flow){.node = s->node, .stock = -1, .priority = -1, .order = -1};
    return f;
}

struct park_flow *park_processes_add(struct park_loader *l, struct park_process *s, int32_t stream,
                                     bool gives, double coef, const struct sim_node *at)
{
    if (find_flow(s, stream, gives) != NULL) {
        park_resolve_wrong(l, at, "say it once", "%s is an %s already",
                           l->park->streams[stream]->name, gives ? "output" : "input");
        return NULL;
    }
    struct park_flow *f = new_flow(l, s);
    f->stream = stream;
    f->node = at;
    f->gives = gives;
    f->coef = coef;
    return f;
}

static bool is_fuel(const struct park_stream *stream)
{
    return stream->kind == PARK_STREAM_FUEL && stream->burning != NULL;
}

// Whether an input sets its carbon free: as written, else fuels do.
static bool is_burnt(struct park_loader *l, const struct park_flow *f, const struct sim_item *item)
{
    const struct park_stream *stream = l->park->streams[f->stream];
    const struct sim_node *said = sim_tree_child(item->node, "burnt");
    if (said != NULL && f->burnt && stream->burning == NULL) {
        park_resolve_wrong(l, said, "add burning = { fossil = ...; } to the stream",
                           "the carbon of %s is not said", stream->name);
    }
    return said != NULL ? f->burnt && stream->burning != NULL : is_fuel(stream);
}

static void add_flows(struct park_loader *l, struct park_process *s, const struct sim_items *items,
                      bool gives)
{
    struct park *p = l->park;
    for (int i = 0; i < items->count; i++) {
        const int32_t stream = PARK_ID(p, stream, park_stream, items->at[i].name);
        if (stream < 0) {
            continue; // told by the loader
        }
        struct park_flow *f = new_flow(l, s);
        *f = *(struct park_flow *)items->at[i].data;
        const struct sim_ref *at = gives ? &f->to : &f->from;
        f->node = items->at[i].node;
        f->gives = gives;
        f->stock = -1;
        f->stream = stream;
        f->coef = f->amount.form == SIM_VALUE_QUANTITY ? f->amount.si : 1;
        park_processes_from(l, f, at);
        f->is_burnt = !gives && is_burnt(l, f, &items->at[i]);
    }
}

// The basis: listed among inputs or outputs, else the product that comes out. Its amount is 1.
static void set_basis(struct park_loader *l, struct park_process *s)
{
    struct park_flow *in = find_flow(s, s->basis, false);
    struct park_flow *out = find_flow(s, s->basis, true);
    struct park_flow *f = s->basis == s->product ? out : in != NULL ? in : out;
    if (in != NULL && out != NULL && s->basis != s->product) {
        park_resolve_wrong(l, s->node, "choose a basis on one side only",
                           "its basis %s is both taken and made", l->park->streams[s->basis]->name);
    }
    if (f == NULL) {
        f = new_flow(l, s);
        f->stream = s->basis;
        f->gives = s->basis == s->product;
        f->is_burnt = !f->gives && is_fuel(l->park->streams[s->basis]);
        f->coef = 1;
    } else if (fabs(f->coef - 1) > 1e-12) {
        park_resolve_wrong(l, f->amount.node, "its amount is 1 by definition",
                           "%s is what the process counts in", l->park->streams[s->basis]->name);
    }
    f->coef = 1;
    f->is_basis = true;
}

static void resolve_flows(struct park_loader *l, struct park_process *s)
{
    add_flows(l, s, &s->inputs, false);
    add_flows(l, s, &s->outputs, true);
    if (s->recipe != NULL) {
        s->recipe->add(l, s);
    }
    if (s->basis >= 0) {
        set_basis(l, s);
    }
    struct park_flow *product = s->product >= 0 ? find_flow(s, s->product, true) : NULL;
    if (product != NULL) {
        product->is_product = true;
    } else if (s->product >= 0) {
        char *remedy =
            sim_base_format("add outputs = { %s = ...; }", l->park->streams[s->product]->name);
        park_resolve_wrong(l, s->product_ref.node, remedy,
                           "the product is not among the outputs, and the basis is another stream");
        free(remedy);
    }
    if (s->flow_count > 0) {
        qsort(s->flows, (size_t)s->flow_count, sizeof(*s->flows), by_stream);
    }
}

// Classes that are left to default (-1).
static void resolve_classes(struct park_process *s)
{
    for (int i = 0; i < s->flow_count; i++) {
        struct park_flow *f = &s->flows[i];
        const int64_t order = f->is_product && s->mode == PARK_MODE_PULL ? 5 : 0;
        f->priority = f->priority >= 0 ? f->priority : s->priority;
        f->order = f->order >= 0 ? f->order : s->order >= 0 ? s->order : order;
    }
}

// What it makes: of a utility's unit, the utility's stream.
static void resolve_product(struct park_loader *l, struct park_process *s)
{
    struct park *p = l->park;
    const struct park_firm *f = p->firms[s->firm];
    const bool is_unit = f->is_utility;
    s->product = park_resolve_ref(l, &s->product_ref);
    s->basis = park_resolve_ref(l, &s->basis_ref);
    if (is_unit && s->product_ref.node == NULL) {
        s->product = f->makes;
    } else if (is_unit && s->product >= 0 && f->makes >= 0 && s->product != f->makes) {
        park_resolve_wrong(l, s->product_ref.node, "leave it out",
                           "the utility's stream is %s, and all of its units make it",
                           p->streams[f->makes]->name);
    } else if (!is_unit && s->product_ref.node == NULL && s->recipe != NULL) {
        park_resolve_wrong(l, s->node, "say product = \"steam\"", "its product is not said");
    } else if (!is_unit && s->product_ref.node == NULL && s->basis_ref.node == NULL) {
        park_resolve_wrong(l, s->node,
                           "say product = \"...\", or basis = \"...\" for a mere user of a stream",
                           "neither product nor basis is said");
    } else if (!is_unit && s->mode == PARK_MODE_PULL && s->product_ref.node == NULL) {
        park_resolve_wrong(l, s->node, "say product = \"...\"",
                           "a pull process makes what is asked, and has no product");
    }
    s->basis = s->basis_ref.node == NULL ? s->product : s->basis;
}

// It is there within its own dates and those of its firm.
static void resolve_dates(struct park_loader *l, struct park_process *s)
{
    const struct park_firm *f = l->park->firms[s->firm];
    s->from_us = s->enters.given && s->enters.when > f->from_us ? s->enters.when : f->from_us;
    s->until_us = s->leaves.given && s->leaves.when < f->until_us ? s->leaves.when : f->until_us;
    if (s->enters.given && s->leaves.given && s->leaves.when <= s->enters.when) {
        park_resolve_wrong(l, s->leaves.node, "write a date after `enters`",
                           "it leaves before it enters");
    }
}

// The place of a unit among those of its utility, and what the network loses of what it gives.
static void resolve_merit(const struct park *p, struct park_process *s)
{
    enum {
        STANDBY = 1000000
    };
    const double lost = p->firms[s->firm]->lost;
    for (int i = 0; i < s->flow_count; i++) {
        struct park_flow *f = &s->flows[i];
        if (f->is_product) {
            f->merit = (s->merit > 1 ? (int32_t)s->merit - 1 : 0) + (s->standby ? STANDBY : 0);
            f->lost = lost;
        }
    }
}

static void resolve_one(struct park_loader *l, struct park_process *s)
{
    struct park *p = l->park;
    s->calendar = park_resolve_ref(l, &s->calendar_ref);
    s->calendar = s->calendar >= 0 ? s->calendar : p->firms[s->firm]->calendar;
    s->least = s->turndown.form == SIM_VALUE_QUANTITY ? s->turndown.si : 0;
    s->band = s->restart_band.form == SIM_VALUE_QUANTITY ? s->restart_band.si : 0;
    resolve_product(l, s);
    resolve_dates(l, s);
    resolve_flows(l, s);
    resolve_classes(s);
    resolve_merit(p, s);
    if (s->basis >= 0) {
        park_resolve_level(l, &s->capacity, &s->redraw, 0, &s->level);
    }
}

static void resolve(struct park_loader *l)
{
    for (int i = 0; i < l->park->process_count; i++) {
        resolve_one(l, l->park->processes[i]);
    }
}

static const struct park_home homes[] = {
    {&park_firms, offsetof(struct park_firm, processes), PARK_NAMED_BY_OWNER}, {.of = NULL}};

const struct park_kind park_processes = {
    .list = PARK_LIST(processes, process),
    .homes = homes,
    .found = found,
    .resolve = resolve,
    .build = park_build_processes,
};
