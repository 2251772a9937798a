#include "models/park/net/build.h"

#include "models/park/base/kinds.h"
#include "models/park/net/make.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int32_t park_build_pool(struct park_builder *b, const struct sim_pool_def *def,
                        const struct park_pool *pool, double initial)
{
    const int32_t id = sim_strtab_intern(b->names, def->name);
    SIM_REQUIRE(id == b->pools.count, "two pools of one name");
    SIM_VEC_PUSH(&b->pool_defs, *def);
    SIM_VEC_PUSH(&b->pools, *pool);
    SIM_VEC_PUSH(&b->initial, initial);
    return id;
}

static const char *junction_name(const struct park_builder *b, int32_t party, int32_t stream)
{
    return sim_arena_format(b->park->arena, "%s:%s", b->park->parties[party].name,
                            b->park->streams[stream]->name);
}

bool park_build_has_junction(const struct park_builder *b, int32_t party, int32_t stream,
                             int32_t *out)
{
    *out = sim_strtab_find(b->names, junction_name(b, party, stream));
    return *out >= 0;
}

int32_t park_build_junction(struct park_builder *b, int32_t party, int32_t stream)
{
    int32_t id;
    if (park_build_has_junction(b, party, stream, &id)) {
        return id;
    }
    const char *name = junction_name(b, party, stream);
    const struct sim_pool_def def = {.name = name, .reorder = -1};
    const struct park_pool pool = {
        .name = name, .stream = stream, .party = party, .stock = -1, .link = -1};
    return park_build_pool(b, &def, &pool, 0);
}

int32_t park_build_place(struct park_builder *b, int32_t party, int32_t stock, int32_t stream)
{
    return stock >= 0 ? b->stock_pools[stock] : park_build_junction(b, party, stream);
}

struct park_activity park_build_activity(const char *name, const struct park_mover *mover,
                                         int32_t id, double capacity)
{
    return (struct park_activity){
        .name = name,
        .title = name,
        .mover = mover,
        .id = id,
        .capacity = capacity,
        .calendar = -1,
        .from_us = SIM_TIME_FIRST,
        .until_us = SIM_TIME_NEVER,
        .exit = -1,
        .is_open = true,
    };
}

int32_t park_build_add(struct park_builder *b, const struct park_activity *a, double turndown,
                       bool is_link)
{
    struct park_activity added = *a;
    added.first_port = b->ports.count;
    added.first_move = b->moves.count;
    SIM_VEC_PUSH(&b->activities, added);
    SIM_VEC_PUSH(&b->turndowns, turndown);
    SIM_VEC_PUSH(&b->links, is_link);
    return b->activities.count - 1;
}

static int32_t add_port(struct park_builder *b, struct sim_port_def port)
{
    SIM_VEC_PUSH(&b->ports, port);
    SIM_VEC_PUSH(&b->port_nodes, SIM_VEC_LAST(&b->activities).node);
    SIM_VEC_PUSH(&b->merits, 0);
    SIM_VEC_LAST(&b->activities).port_count++;
    return b->ports.count - 1;
}

int32_t park_build_take(struct park_builder *b, int32_t pool, double coef, int64_t priority,
                        double share, unsigned flags)
{
    return add_port(b, (struct sim_port_def){.activity = b->activities.count - 1,
                                             .pool = pool,
                                             .coef = coef,
                                             .rank = (int32_t)priority + 1,
                                             .share = share,
                                             .flags = flags});
}

int32_t park_build_give(struct park_builder *b, int32_t pool, double coef, int64_t order,
                        double share, unsigned flags)
{
    return add_port(b, (struct sim_port_def){.activity = b->activities.count - 1,
                                             .pool = pool,
                                             .gives = true,
                                             .coef = coef,
                                             .rank = (int32_t)order + 1,
                                             .share = share,
                                             .flags = flags});
}

void park_build_port_node(struct park_builder *b, int32_t port, const struct sim_node *node)
{
    b->port_nodes.data[port] = node;
}

void park_build_move(struct park_builder *b, struct park_move move)
{
    struct park_activity *a = &SIM_VEC_LAST(&b->activities);
    if (a->move_count == 0 && !(a->told_per > 0)) {
        a->told_in = move.stream;
        a->told_per = move.sent;
    }
    move.activity = b->activities.count - 1;
    move.from_pool = move.from_port >= 0 ? b->ports.data[move.from_port].pool : -1;
    move.to_pool = move.to_port >= 0 ? b->ports.data[move.to_port].pool : -1;
    park_build_freed(b, &move);
    SIM_VEC_PUSH(&b->moves, move);
    SIM_VEC_LAST(&b->activities).move_count++;
}

struct park_build_index park_build_index_make(const struct sim_port_def *ports, int port_count,
                                              int pool_count)
{
    struct park_build_index x = {.first = sim_base_alloc((size_t)pool_count + 2, sizeof(int32_t)),
                                 .at = sim_base_alloc((size_t)port_count, sizeof(int32_t))};
    for (int i = 0; i < port_count; i++) {
        x.first[ports[i].pool + 2]++;
    }
    for (int i = 2; i <= pool_count; i++) {
        x.first[i] += x.first[i - 1];
    }
    for (int i = 0; i < port_count; i++) {
        x.at[x.first[ports[i].pool + 1]++] = i;
    }
    return x;
}

void park_build_index_free(struct park_build_index *x)
{
    free(x->first);
    free(x->at);
}

static int32_t add_account(struct park_builder *b, const char *name, enum park_account_kind kind,
                           int32_t party, int32_t id)
{
    const struct park_net_account a = {.name = name, .kind = kind, .party = party, .id = id};
    SIM_VEC_PUSH(&b->accounts, a);
    return b->accounts.count - 1;
}

static void add_accounts(struct park_builder *b)
{
    const struct park *p = b->park;
    for (int i = 0; i < p->party_count; i++) {
        add_account(b, p->parties[i].name, PARK_ACCOUNT_PARTY, i, i);
    }
    for (int i = 0; i < p->process_count; i++) {
        const struct park_process *s = p->processes[i];
        b->process_accounts[i] =
            add_account(b, s->name, PARK_ACCOUNT_PROCESS, p->firms[s->firm]->party, i);
    }
    for (int i = 0; i < p->link_count; i++) {
        b->link_accounts[i] =
            add_account(b, p->links[i]->path, PARK_ACCOUNT_LINK, p->links[i]->from, i);
    }
}

// A copy of a growing list, in the park's arena.
static void *keep(struct park_builder *b, const void *data, int count, size_t size)
{
    void *copy = sim_arena_alloc(b->park->arena, (size_t)count, size);
    if (count > 0) {
        memcpy(copy, data, (size_t)count * size);
    }
    return copy;
}
#define KEEP(b, list) keep((b), (list).data, (list).count, sizeof(*(list).data))

static struct park_net *collect(struct park_builder *b)
{
    struct park_net *n = SIM_ARENA_NEW(b->park->arena, struct park_net, 1);
    n->pools = KEEP(b, b->pools);
    n->activities = KEEP(b, b->activities);
    n->ports = KEEP(b, b->ports);
    n->port_nodes = KEEP(b, b->port_nodes);
    n->moves = KEEP(b, b->moves);
    n->accounts = KEEP(b, b->accounts);
    n->initial = KEEP(b, b->initial);
    n->pool_count = b->pools.count;
    n->activity_count = b->activities.count;
    n->port_count = b->ports.count;
    n->move_count = b->moves.count;
    n->account_count = b->accounts.count;
    n->at = park_build_index_make(n->ports, n->port_count, n->pool_count);
    return n;
}

/** Where a message has `name` in quotes; NULL: nowhere. */
static const char *quoted_at(const char *what, const char *name)
{
    char *quoted = sim_base_format("'%s'", name);
    const char *at = strstr(what, quoted);
    free(quoted);
    return at;
}

/** The first thing that a message names in quotes: what stands behind an activity, or a stock; else
 * the contracts, where there are any. */
static const struct sim_node *named_in(const struct park_builder *b, const char *what)
{
    const struct sim_node *at = sim_tree_child(sim_tree_root(b->park->tree), "exchanges");
    const char *found = NULL;
    for (int i = 0; i < b->activities.count; i++) {
        const char *here = quoted_at(what, b->activities.data[i].name);
        if (here != NULL && (found == NULL || here < found)) {
            found = here;
            at = b->activities.data[i].node;
        }
    }
    for (int i = 0; i < b->park->stock_count; i++) {
        const char *here = quoted_at(what, b->park->stocks[i]->name);
        if (here != NULL && (found == NULL || here < found)) {
            found = here;
            at = b->park->stocks[i]->node;
        }
    }
    return at;
}

static void tell(struct park_builder *b, const char *what)
{
    const struct sim_node *at = named_in(b, what);
    char *path = at != NULL ? sim_tree_path(at) : NULL;
    sim_diag_add(b->diag, SIM_DIAG_WRONG, at != NULL ? &at->place : NULL, path, NULL, "%s", what);
    free(path);
}

static enum sim_status make_network(struct park_builder *b, struct park_net *n)
{
    const int count = b->activities.count;
    struct sim_activity_def *defs = sim_base_alloc((size_t)count, sizeof(*defs));
    for (int i = 0; i < count; i++) {
        defs[i] = (struct sim_activity_def){
            .name = b->activities.data[i].name,
            .capacity = b->activities.data[i].capacity,
            .turndown = b->turndowns.data[i],
            .restart_band = b->activities.data[i].restart_band,
            .merit = b->activities.data[i].merit,
            .is_link = b->links.data[i],
        };
    }
    const struct sim_network_def def = {
        .pools = b->pool_defs.data,
        .pool_count = b->pool_defs.count,
        .activities = defs,
        .activity_count = count,
        .ports = b->ports.data,
        .port_count = b->ports.count,
    };
    const struct sim_network_weights weights = {
        .measures = b->measures.data,
        .measure_count = b->measures.count,
        .measure_of = b->measure_of.data,
    };
    struct sim_err err;
    const enum sim_status status = sim_network_create_weighed(&def, &weights, &n->network, &err);
    if (status != SIM_OK) {
        tell(b, err.text);
    }
    free(defs);
    return status;
}

static void begin(struct park_builder *b, struct park *p, struct sim_diag *d)
{
    *b = (struct park_builder){.park = p, .diag = d};
    b->names = sim_strtab_create();
    b->scratch = sim_arena_create();
    b->process_accounts = sim_base_alloc((size_t)p->process_count, sizeof(int32_t));
    b->link_accounts = sim_base_alloc((size_t)p->link_count, sizeof(int32_t));
    b->stock_pools = sim_base_alloc((size_t)p->stock_count, sizeof(int32_t));
    b->offer_pools = sim_base_alloc((size_t)p->offer_count, sizeof(int32_t));
    for (int i = 0; i < p->offer_count; i++) {
        b->offer_pools[i] = -1;
    }
}

static void end(struct park_builder *b)
{
    sim_strtab_destroy(b->names);
    sim_arena_destroy(b->scratch);
    SIM_VEC_FREE(&b->measures);
    SIM_VEC_FREE(&b->measure_of);
    free(b->process_accounts);
    free(b->link_accounts);
    free(b->stock_pools);
    free(b->offer_pools);
    SIM_VEC_FREE(&b->pool_defs);
    SIM_VEC_FREE(&b->pools);
    SIM_VEC_FREE(&b->initial);
    SIM_VEC_FREE(&b->activities);
    SIM_VEC_FREE(&b->turndowns);
    SIM_VEC_FREE(&b->links);
    SIM_VEC_FREE(&b->ports);
    SIM_VEC_FREE(&b->port_nodes);
    SIM_VEC_FREE(&b->merits);
    SIM_VEC_FREE(&b->moves);
    SIM_VEC_FREE(&b->accounts);
}

enum sim_status park_build(struct park *p, const struct park_kind *const *kinds, struct sim_diag *d)
{
    struct park_builder b;
    begin(&b, p, d);
    add_accounts(&b);
    for (int i = 0; kinds[i] != NULL; i++) {
        if (kinds[i]->build != NULL) {
            kinds[i]->build(&b);
        }
    }
    for (int i = 0; kinds[i] != NULL; i++) {
        if (kinds[i]->after != NULL) {
            kinds[i]->after(&b);
        }
    }
    park_build_merits(&b);
    park_build_weights(&b);
    park_build_bounds(&b);
    if (sim_diag_wrong(d) == 0) {
        p->net = collect(&b);
        park_build_users(p->net);
        (void)make_network(&b, p->net); // told in d
    }
    end(&b);
    return sim_diag_status(d);
}

void park_build_free(struct park_net *net)
{
    if (net != NULL) {
        sim_network_destroy(net->network);
        park_build_index_free(&net->at);
    }
}
