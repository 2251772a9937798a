#include "tests/support/judge_answer.h"

#include "tests/support/judge_split.h"
#include "tests/support/random_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void judge_answer_set(const struct judge_net *n, struct sim_rates *r)
{
    for (int32_t k = 0; k < n->activity_count; k++) {
        sim_rates_set_capacity(r, k, n->u[k]);
    }
    for (int32_t i = 0; i < n->port_count; i++) {
        sim_rates_set_coef(r, i, n->ports[i].coef);
    }
    for (int32_t p = 0; p < n->pool_count; p++) {
        if (n->pools[p].capacity > 0.0) {
            sim_rates_set_condition(r, p, n->condition[p]);
        }
    }
}

void judge_answer_read(const struct judge_net *n, const struct sim_rates *r,
                       struct judge_answer *out)
{
    for (int32_t k = 0; k < n->activity_count; k++) {
        out->rate[k] = sim_rates_rate(r, k);
    }
    for (int32_t i = 0; i < n->port_count; i++) {
        out->limit[i] = sim_rates_limit(r, i);
        out->claim[i] = sim_rates_claim(r, i);
    }
    for (int32_t p = 0; p < n->pool_count; p++) {
        out->net[p] = sim_rates_net(r, p);
    }
    out->work = sim_rates_work_done(r);
}

static void keep_reason(struct judge_answer *out, enum sim_status status, const char *text)
{
    out->status = status;
    snprintf(out->text, sizeof(out->text), "%.*s", (int)sizeof(out->text) - 1, text);
}

void judge_answer_real(struct judge_net *n, struct judge_answer *out)
{
    struct sim_err err = {0};
    struct sim_network *net = NULL;
    memset(out, 0, sizeof(*out));
    enum sim_status status = judge_net_make(n, &net, &err);
    if (status == SIM_OK) {
        struct sim_rates *rates = sim_rates_create(net);
        judge_answer_set(n, rates);
        status = sim_rates_settle(rates, &err);
        judge_answer_read(n, rates, out);
        sim_rates_destroy(rates);
    }
    sim_network_destroy(net);
    keep_reason(out, status, status == SIM_OK ? "" : err.text);
}

/** Where the answers differ, in words; false: nowhere. */
static bool tell_difference(const struct judge_net *n, const struct judge_answer *a,
                            const struct judge_answer *b, char *out, size_t size)
{
    for (int32_t k = 0; k < n->activity_count; k++) {
        if (memcmp(&a->rate[k], &b->rate[k], sizeof(double)) != 0) {
            snprintf(out, size, "'%s' runs at %.17g, with fresh coefficients at %.17g",
                     n->activity_names[k], a->rate[k], b->rate[k]);
            return true;
        }
    }
    for (int32_t p = 0; p < n->pool_count; p++) {
        if (memcmp(&a->net[p], &b->net[p], sizeof(double)) != 0) {
            snprintf(out, size, "'%s' gains %.17g, with fresh coefficients %.17g", n->pool_names[p],
                     a->net[p], b->net[p]);
            return true;
        }
    }
    return false;
}

/** Some of the ports get the coefficients of `n`, or all. */
static enum sim_status set_coefs(const struct judge_net *n, struct sim_rates *rates, bool is_all,
                                 struct sim_rng *rng, struct sim_err *err)
{
    for (int32_t i = 0; i < n->port_count; i++) {
        if (is_all || sim_rng_uniform(rng) < 0.5) {
            sim_rates_set_coef(rates, i, n->ports[i].coef);
        }
    }
    return sim_rates_settle(rates, err);
}

/** The rates after the change; SIM_FAILED where the network cannot be resolved on the way. */
static enum sim_status answer_changed(struct judge_net *n, struct judge_answer *out,
                                      struct sim_err *err)
{
    struct judge_net *first = judge_net_create();
    struct sim_rng rng = random_network_rng(n->seed, n->number, 4);
    struct sim_network *net = NULL;
    judge_net_copy(first, n);
    for (int i = 0; i < n->port_count; i++) {
        random_network_alter(first, &rng);
    }
    enum sim_status status = judge_net_make(first, &net, err);
    if (status == SIM_OK) {
        struct sim_rates *rates = sim_rates_create(net);
        judge_answer_set(first, rates);
        status = sim_rates_settle(rates, err);
        status = status == SIM_OK ? set_coefs(n, rates, false, &rng, err) : status;
        status = status == SIM_OK ? set_coefs(n, rates, true, &rng, err) : status;
        judge_answer_read(n, rates, out);
        sim_rates_destroy(rates);
    }
    sim_network_destroy(net);
    free(first);
    return status;
}

void judge_answer_altered(struct judge_net *n, struct judge_answer *out)
{
    struct judge_answer *fresh = sim_base_alloc(1, sizeof(*fresh));
    struct sim_err err = {0};
    char why[400];
    memset(out, 0, sizeof(*out));
    judge_answer_real(n, fresh);
    const enum sim_status status = answer_changed(n, out, &err);
    keep_reason(out, status, status == SIM_OK ? "" : err.text);
    if (status == SIM_OK && fresh->status == SIM_OK &&
        tell_difference(n, out, fresh, why, sizeof(why))) {
        keep_reason(out, SIM_FAILED, why);
    }
    free(fresh);
}

void judge_answer_plain(struct judge_net *n, struct judge_answer *out)
{
    struct judge_view *v = sim_base_alloc(1, sizeof(*v));
    struct judge_net *whole = judge_net_create();
    memset(out, 0, sizeof(*out));
    (void)judge_split(n, whole);
    judge_view_init(v, whole);
    const bool is_still = judge_rules_propagate(v, 2000, out->rate, out->limit, out->claim);
    for (int i = 0; i < n->port_count; i++) { // of the pools as `n` has them
        const struct sim_port_def *port = &n->ports[i];
        out->limit[i] = fmin(out->limit[i], v->u[port->activity]);
        out->net[port->pool] +=
            (port->gives ? port->coef : -port->coef) * out->rate[port->activity];
    }
    keep_reason(out, is_still ? SIM_OK : SIM_FAILED, is_still ? "" : "the sweeps do not settle");
    free(whole);
    free(v);
}
