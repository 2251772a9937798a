// Utilities: shared services. To the rest of the park a utility is a firm whose processes are its
// units; firms.c gathers both.
#include "models/park/base/kinds.h"

struct park_network {
    struct sim_value loss; // [-]
};

/** A shared service. */
struct park_utility {
    union {
        struct park_thing thing;
        struct park_firm firm; // what it has as every party; its processes are the units
    };
    struct sim_ref owner_ref, stream_ref;
    struct park_network *network; // NULL: none said
    // resolved
    int32_t owner; // firm; -1: the park
};

static const struct sim_key network_keys[] = {
    {.name = "loss",
     .type = SIM_KEY_VALUE,
     .min = "0 %",
     .max = "100 %",
     .initial = "0 %",
     .offset = offsetof(struct park_network, loss),
     .doc = "share of what its units give that is lost on the way to those who take it"},
};

static const struct sim_kind network_kind = {
    .name = "network",
    .doc = "What lies between the units of a utility and its users.",
    .size = sizeof(struct park_network),
    .keys = network_keys,
    .key_count = SIM_COUNT(network_keys),
};

static const struct sim_key keys[] = {
    {.name = "title",
     .type = SIM_KEY_TEXT,
     .offset = offsetof(struct park_utility, firm.title),
     .doc = "its name in reports"},
    {.name = "owner",
     .type = SIM_KEY_REF,
     .refers = "'park' firms",
     .initial = "park",
     .offset = offsetof(struct park_utility, owner_ref),
     .doc = "\"park\", or the firm that owns it; it keeps books of its own"},
    {.name = "stream",
     .type = SIM_KEY_REF,
     .refers = "streams",
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_utility, stream_ref),
     .doc = "the one main stream that its units make"},
    {.name = "site",
     .type = SIM_KEY_REF,
     .refers = "sites",
     .offset = offsetof(struct park_utility, firm.site_ref),
     .doc = "site that it stands on"},
    {.name = "at",
     .type = SIM_KEY_NUMBERS,
     .offset = offsetof(struct park_utility, firm.at),
     .doc = "( latitude, longitude ) in degrees"},
    {.name = "calendar",
     .type = SIM_KEY_REF,
     .refers = "calendars",
     .offset = offsetof(struct park_utility, firm.calendar_ref),
     .doc = "when its units may run, unless they have their own; default: always"},
    {.name = "enters",
     .type = SIM_KEY_TIME,
     .offset = offsetof(struct park_utility, firm.enters),
     .doc = "date from which it is there"},
    {.name = "leaves",
     .type = SIM_KEY_TIME,
     .offset = offsetof(struct park_utility, firm.leaves),
     .doc = "date from which it is gone"},
    {.name = "units",
     .type = SIM_KEY_MAP,
     .kinds = park_processes_kinds,
     .flags = SIM_KEY_REQUIRED,
     .offset = offsetof(struct park_utility, firm.processes),
     .doc = "what makes the stream; `merit` says who is asked first"},
    {.name = "network",
     .type = SIM_KEY_GROUP,
     .kind = &network_kind,
     .offset = offsetof(struct park_utility, network),
     .doc = "what lies between its units and its users"},
};

static const struct sim_kind kind = {
    .name = "utility",
    .doc = "A shared service: units in merit order make one stream for all who take it, by "
           "exchanges. It is a party, as a firm is: its units buy fuel, water and electricity from "
           "markets by default or by exchanges, and what contracts bring of its own stream is used "
           "before its units make more (order 1 against 5).",
    .size = sizeof(struct park_utility),
    .keys = keys,
    .key_count = SIM_COUNT(keys),
};

static void found(struct park_loader *l, struct park_thing *t, const struct park_thing *owner,
                  int home)
{
    (void)l;
    (void)owner;
    (void)home;
    struct park_utility *u = (struct park_utility *)t;
    u->firm.is_utility = true;
}

static void resolve(struct park_loader *l)
{
    struct park *p = l->park;
    for (int i = 0; i < p->utility_count; i++) {
        struct park_utility *u = p->utilities[i];
        const struct sim_value *loss = u->network != NULL ? &u->network->loss : NULL;
        u->firm.makes = park_resolve_ref(l, &u->stream_ref);
        u->owner = park_resolve_ref(l, &u->owner_ref);
        u->firm.lost = loss != NULL && loss->form == SIM_VALUE_QUANTITY ? loss->si : 0;
        if (u->firm.lost >= 1) {
            park_resolve_wrong(l, loss->node, "write less than 100 %", "nothing would arrive");
        }
    }
}

const struct park_kind park_utilities = {
    .group = "utilities",
    .doc = "Shared services, each with units in merit order; links and exchanges may name each as "
           "a place.",
    .keys = &kind,
    .list = PARK_LIST(utilities, utility),
    .found = found,
    .resolve = resolve,
};
