// What the rules of plausible.c measure, each in the unit of its rule; NaN where it does not apply.
#include "models/park/base/amount.h"
#include "models/park/check/plausible.h"
#include "sim/num/units.h"

#include <math.h>
#include <string.h>

#define NOT_IT ((double)NAN)

static double stated(const struct sim_value *v)
{
    return v->form == SIM_VALUE_QUANTITY ? v->si : NOT_IT;
}

static bool is_of(const struct park_stream *s, struct sim_dim dim)
{
    return sim_units_is_same(s->si.dim, dim);
}

static bool is_kind(const struct park_stream *s, enum park_stream_kind kind)
{
    return s->kind == (int)kind;
}

static bool is_volume(const struct park_stream *s)
{
    return is_of(s, SIM_DIM_VOLUME) || is_of(s, SIM_DIM_NORMAL);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/** Does the name have one of the words, between signs that are no letters? "rice_husk" has husk. */
static bool has_word(const char *name, const char *const *words)
{
    for (; *words != NULL; words++) {
        const size_t length = strlen(*words);
        for (const char *at = strstr(name, *words); at != NULL; at = strstr(at + 1, *words)) {
            if ((at == name || !is_letter(at[-1])) && !is_letter(at[length])) {
                return true;
            }
        }
    }
    return false;
}

static const char *const coals[] = {"coal", "anthracite", "lignite", "peat", "coke", "than", NULL};
static const char *const biomasses[] = {"husk",    "straw",   "bagasse", "wood", "biomass", "bark",
                                        "sawdust", "pellets", "chips",   "trau", NULL};
static const char *const oils[] = {"oil", "diesel", "bunker", "hfo", "fo",
                                   "do",  "lpg",    "petrol", "dau", NULL};
static const char *const gases[] = {"lng", "cng", "biogas", "methane", "natural_gas", NULL};

// ---- streams

static const struct park_stream *stream_of(struct park_plausible_thing *t,
                                           const struct sim_value *v)
{
    t->at = v->node;
    return t->p->streams[t->id];
}

/** [GJ/t] of a stream in mass whose name has one of the words. */
static double energy_named(struct park_plausible_thing *t, const char *const *words)
{
    const struct park_stream *s = stream_of(t, &t->p->streams[t->id]->energy);
    const bool is_fuel = s->kind == PARK_STREAM_FUEL || s->burning != NULL;
    return is_fuel && is_of(s, SIM_DIM_MASS) && has_word(s->name, words) ? stated(&s->energy) / 1e6
                                                                         : NOT_IT;
}

double park_plausible_coal(struct park_plausible_thing *t)
{
    return energy_named(t, coals);
}

double park_plausible_biomass(struct park_plausible_thing *t)
{
    return energy_named(t, biomasses);
}

double park_plausible_oil(struct park_plausible_thing *t)
{
    return energy_named(t, oils);
}

double park_plausible_gas(struct park_plausible_thing *t)
{
    const struct park_stream *s = stream_of(t, &t->p->streams[t->id]->energy);
    return is_volume(s) && has_word(s->name, gases) ? stated(&s->energy) / 1e6 : NOT_IT;
}

double park_plausible_fuel(struct park_plausible_thing *t)
{
    const struct park_stream *s = stream_of(t, &t->p->streams[t->id]->energy);
    const bool is_named =
        has_word(s->name, coals) || has_word(s->name, biomasses) || has_word(s->name, oils);
    return s->kind == PARK_STREAM_FUEL && is_of(s, SIM_DIM_MASS) && !is_named
               ? stated(&s->energy) / 1e6
               : NOT_IT;
}

double park_plausible_steam(struct park_plausible_thing *t)
{
    const struct park_stream *s = stream_of(t, &t->p->streams[t->id]->energy);
    return s->kind == PARK_STREAM_HEAT && is_of(s, SIM_DIM_MASS) ? stated(&s->energy) / 1e6
                                                                 : NOT_IT;
}

double park_plausible_water_density(struct park_plausible_thing *t)
{
    const struct park_stream *s = stream_of(t, &t->p->streams[t->id]->density);
    return is_kind(s, PARK_STREAM_WATER) || is_kind(s, PARK_STREAM_WASTEWATER)
               ? stated(&s->density) / 1e3
               : NOT_IT;
}

static bool is_gas(const struct park_stream *s)
{
    return is_kind(s, PARK_STREAM_GAS) || is_of(s, SIM_DIM_NORMAL) || has_word(s->name, gases);
}

double park_plausible_gas_density(struct park_plausible_thing *t)
{
    const struct park_stream *s = stream_of(t, &t->p->streams[t->id]->density);
    return is_gas(s) && is_volume(s) ? stated(&s->density) : NOT_IT;
}

double park_plausible_density(struct park_plausible_thing *t)
{
    const struct park_stream *s = stream_of(t, &t->p->streams[t->id]->density);
    const bool is_other = is_gas(s) || is_kind(s, PARK_STREAM_WATER) ||
                          is_kind(s, PARK_STREAM_WASTEWATER) || s->kind == PARK_STREAM_HEAT;
    return is_other ? NOT_IT : stated(&s->density) / 1e3;
}

/** [J/SI] */
static double energy_in(const struct park_stream *s)
{
    return is_of(s, SIM_DIM_ENERGY) ? 1 : stated(&s->energy);
}

static double or_zero(double x)
{
    return isnan(x) ? 0 : x;
}

double park_plausible_fossil(struct park_plausible_thing *t)
{
    const struct park_stream *s = t->p->streams[t->id];
    const double fossil = s->burning != NULL ? stated(&s->burning->fossil) : NOT_IT;
    t->at = s->burning != NULL ? s->burning->fossil.node : NULL;
    const bool is_pure = s->burning != NULL && or_zero(stated(&s->burning->biogenic)) == 0;
    return s->kind == PARK_STREAM_FUEL && is_pure && fossil > 0 ? fossil * 1e9 / energy_in(s)
                                                                : NOT_IT;
}

double park_plausible_biogenic(struct park_plausible_thing *t)
{
    const struct park_stream *s = t->p->streams[t->id];
    const double biogenic = s->burning != NULL ? stated(&s->burning->biogenic) : NOT_IT;
    t->at = s->burning != NULL ? s->burning->biogenic.node : NULL;
    return s->kind == PARK_STREAM_FUEL && biogenic > 0
               ? (biogenic + or_zero(stated(&s->burning->fossil))) * 1e9 / energy_in(s)
               : NOT_IT;
}

double park_plausible_carbon(struct park_plausible_thing *t)
{
    const struct park_stream *s = t->p->streams[t->id];
    if (s->burning == NULL || !is_of(s, SIM_DIM_MASS)) {
        return NOT_IT;
    }
    t->at = s->burning->fossil.node != NULL ? s->burning->fossil.node : s->burning->biogenic.node;
    return or_zero(stated(&s->burning->fossil)) + or_zero(stated(&s->burning->biogenic));
}

double park_plausible_power_upstream(struct park_plausible_thing *t)
{
    const struct park_stream *s = stream_of(t, &t->p->streams[t->id]->upstream);
    return s->kind == PARK_STREAM_ENERGY && is_of(s, SIM_DIM_ENERGY) ? stated(&s->upstream) * 3.6e6
                                                                     : NOT_IT; // kg/J to t/MWh
}

double park_plausible_goods_upstream(struct park_plausible_thing *t)
{
    const struct park_stream *s = stream_of(t, &t->p->streams[t->id]->upstream);
    return is_of(s, SIM_DIM_MASS) ? stated(&s->upstream) : NOT_IT;
}

double park_plausible_made_of_needed(struct park_plausible_thing *t)
{
    const double made = t->sums->made[t->id];
    const double needed = t->sums->needed[t->id];
    t->at = t->p->streams[t->id]->node;
    return made > 0 && needed > 0 && isfinite(made) && isfinite(needed) ? made / needed : NOT_IT;
}

// ---- prices

/** A price as stated: of an offer, or of an exchange. */
struct price {
    const struct park_offer *offer; // NULL: of an exchange
    const struct park_stream *stream;
    double si; // [money/SI]
};

static struct price price_of(struct park_plausible_thing *t)
{
    const struct park *p = t->p;
    const bool is_offer = t->id < p->offer_count;
    const struct park_offer *o = is_offer ? p->offers[t->id] : NULL;
    const struct park_exchange *e = is_offer ? NULL : p->exchanges[t->id - p->offer_count];
    const struct sim_value *v = is_offer ? &o->price : &e->price;
    t->at = v->node;
    return (struct price){
        .offer = o, .stream = p->streams[is_offer ? o->stream : e->stream], .si = stated(v)};
}

static bool is_refuse(const struct park_stream *s)
{
    return is_kind(s, PARK_STREAM_WASTE) || is_kind(s, PARK_STREAM_WASTEWATER);
}

/** Per unit of the stream, as it is written. */
static double as_stated(const struct price *x)
{
    return x->si * (x->stream->si.num / x->stream->si.den);
}

double park_plausible_disposal_pays(struct park_plausible_thing *t)
{
    static const int paid[] = {PARK_FATE_LANDFILL, PARK_FATE_INCINERATION, PARK_FATE_HAZARDOUS,
                               PARK_FATE_DISCHARGE, PARK_FATE_TREATMENT};
    const struct price x = price_of(t);
    for (int i = 0; i < SIM_COUNT(paid); i++) {
        if (x.offer != NULL && x.offer->side == PARK_SIDE_DISPOSES && x.offer->fate == paid[i]) {
            return park_amount_in_unit(x.stream, 1) > 0 ? as_stated(&x) : NOT_IT;
        }
    }
    return NOT_IT;
}

double park_plausible_paid_for_buying(struct park_plausible_thing *t)
{
    const struct price x = price_of(t);
    const bool sells = x.offer != NULL && x.offer->side == PARK_SIDE_SELLS;
    return sells && !is_refuse(x.stream) ? as_stated(&x) : NOT_IT;
}

double park_plausible_pays_for_selling(struct park_plausible_thing *t)
{
    const struct price x = price_of(t);
    const bool buys = x.offer != NULL && x.offer->side == PARK_SIDE_BUYS;
    return buys && !is_refuse(x.stream) ? as_stated(&x) : NOT_IT;
}

/** [USD] What one of the park's currency is worth, within a factor of two; NaN: not known. */
static double dollars(const struct park *p)
{
    static const struct {
        const char *name;
        double usd;
    } rates[] = {{"USD", 1},        {"EUR", 1.1},       {"GBP", 1.3},      {"CHF", 1.1},
                 {"VND", 1 / 25e3}, {"KRW", 1 / 1300.}, {"JPY", 1 / 145.}, {"CNY", 1 / 7.2},
                 {"DKK", 1 / 6.9},  {"SEK", 1 / 10.5},  {"NOK", 1 / 10.5}, {"INR", 1 / 84.},
                 {"THB", 1 / 35.},  {"IDR", 1 / 16e3},  {"MYR", 1 / 4.5},  {"PHP", 1 / 57.},
                 {"AUD", 1 / 1.5},  {"CAD", 1 / 1.37},  {"BRL", 1 / 5.5},  {"MXN", 1 / 18.}};
    for (int i = 0; p->currency != NULL && i < SIM_COUNT(rates); i++) {
        if (strcmp(p->currency, rates[i].name) == 0) {
            return rates[i].usd;
        }
    }
    return NOT_IT;
}

/** What costs nothing, or is given away with money, is no matter of magnitude. */
static double positive(double x)
{
    return x > 0 ? x : NOT_IT;
}

double park_plausible_power_price(struct park_plausible_thing *t)
{
    const struct price x = price_of(t);
    return x.stream->kind == PARK_STREAM_ENERGY && is_of(x.stream, SIM_DIM_ENERGY)
               ? positive(x.si * 3.6e9 * dollars(t->p))
               : NOT_IT;
}

double park_plausible_heat_price(struct park_plausible_thing *t)
{
    const struct price x = price_of(t);
    double energy = energy_in(x.stream);
    if (isnan(energy) && is_of(x.stream, SIM_DIM_MASS)) {
        energy = 2.5e6; // steam, J/kg
    }
    return x.stream->kind == PARK_STREAM_HEAT ? positive(x.si / energy * 1e9 * dollars(t->p))
                                              : NOT_IT;
}

double park_plausible_water_price(struct park_plausible_thing *t)
{
    const struct price x = price_of(t);
    return is_kind(x.stream, PARK_STREAM_WATER) && is_of(x.stream, SIM_DIM_VOLUME)
               ? positive(x.si * dollars(t->p))
               : NOT_IT;
}

double park_plausible_fuel_price(struct park_plausible_thing *t)
{
    const struct price x = price_of(t);
    return x.stream->kind == PARK_STREAM_FUEL
               ? positive(x.si / energy_in(x.stream) * 1e9 * dollars(t->p))
               : NOT_IT;
}

double park_plausible_gate_fee(struct park_plausible_thing *t)
{
    const struct price x = price_of(t);
    const bool disposes = x.offer != NULL && x.offer->side == PARK_SIDE_DISPOSES;
    return disposes && is_of(x.stream, SIM_DIM_MASS) ? positive(-x.si * 1e3 * dollars(t->p))
                                                     : NOT_IT;
}

double park_plausible_landfill_emission(struct park_plausible_thing *t)
{
    const struct park_offer *o = t->id < t->p->offer_count ? t->p->offers[t->id] : NULL;
    if (o == NULL || o->side != PARK_SIDE_DISPOSES ||
        !is_of(t->p->streams[o->stream], SIM_DIM_MASS)) {
        return NOT_IT;
    }
    t->at = o->emission.node;
    return stated(&o->emission);
}

// ---- processes

/** Sum of the inputs or outputs that `part` counts, per SI of the basis. */
typedef double part_fn(const struct park_stream *s);

static double sum_flows(const struct park_plausible_thing *t, bool gives, part_fn *part)
{
    const struct park_process *s = t->p->processes[t->id];
    double sum = 0;
    for (int i = 0; i < s->flow_count; i++) {
        const struct park_flow *f = &s->flows[i];
        sum += f->gives == gives ? f->coef * part(t->p->streams[f->stream]) : 0;
    }
    return sum;
}

static double goods(const struct park_stream *s)
{
    return is_of(s, SIM_DIM_MASS) && s->kind != PARK_STREAM_HEAT &&
                   !is_kind(s, PARK_STREAM_SERVICE) && !is_kind(s, PARK_STREAM_WATER) &&
                   !is_kind(s, PARK_STREAM_WASTEWATER) && !is_kind(s, PARK_STREAM_GAS)
               ? 1
               : 0;
}

static double water(const struct park_stream *s)
{
    return is_kind(s, PARK_STREAM_WATER) && is_of(s, SIM_DIM_VOLUME) ? 1 : 0;
}

static double power(const struct park_stream *s)
{
    return s->kind == PARK_STREAM_ENERGY && is_of(s, SIM_DIM_ENERGY) ? 1 : 0;
}

static double heat(const struct park_stream *s)
{
    return s->kind == PARK_STREAM_HEAT ? or_zero(energy_in(s)) : 0;
}

static double heat_and_power(const struct park_stream *s)
{
    return heat(s) + power(s);
}

static double fuel(const struct park_stream *s)
{
    return s->kind == PARK_STREAM_FUEL ? energy_in(s) : 0; // NaN: not stated
}

static const struct park_process *process_at(struct park_plausible_thing *t, const char *key)
{
    const struct park_process *s = t->p->processes[t->id];
    const struct sim_node *n = sim_tree_child(s->node, key);
    t->at = n != NULL ? n : s->node;
    return s;
}

/** By mass, without water; where water goes in, some of it may stay in what is made. */
double park_plausible_mass(struct park_plausible_thing *t)
{
    (void)process_at(t, "inputs");
    const double in = sum_flows(t, false, goods);
    const double out = sum_flows(t, true, goods);
    const double may_be = sum_flows(t, false, water) > 0 ? 10 : 1;
    return in > 0 && out > 0 ? out / in / may_be : NOT_IT;
}

double park_plausible_energy(struct park_plausible_thing *t)
{
    (void)process_at(t, "fuel");
    const double burnt = sum_flows(t, false, fuel);
    const double in = burnt + sum_flows(t, false, heat_and_power);
    const double out = sum_flows(t, true, heat_and_power) + or_zero(sum_flows(t, true, fuel));
    return burnt > 0 && out > 0 ? 100 * out / in : NOT_IT;
}

double park_plausible_efficiency(struct park_plausible_thing *t)
{
    const struct park_process *s = process_at(t, "efficiency");
    return s->efficiency != NULL ? 100 * stated(s->efficiency) : NOT_IT;
}

static const struct park_stream *basis_of(const struct park_plausible_thing *t)
{
    return t->p->streams[t->p->processes[t->id]->basis];
}

double park_plausible_power_per_water(struct park_plausible_thing *t)
{
    (void)process_at(t, "inputs");
    const struct park_stream *s = basis_of(t);
    return (is_kind(s, PARK_STREAM_WATER) || is_kind(s, PARK_STREAM_WASTEWATER)) &&
                   is_of(s, SIM_DIM_VOLUME)
               ? sum_flows(t, false, power) / 3.6e6
               : NOT_IT;
}

double park_plausible_power_per_mass(struct park_plausible_thing *t)
{
    (void)process_at(t, "inputs");
    return goods(basis_of(t)) > 0 ? sum_flows(t, false, power) / 3.6e6 : NOT_IT; // J/kg to MWh/t
}

double park_plausible_water_per_mass(struct park_plausible_thing *t)
{
    (void)process_at(t, "inputs");
    return goods(basis_of(t)) > 0 ? sum_flows(t, false, water) * 1e3 : NOT_IT;
}

double park_plausible_heat_per_mass(struct park_plausible_thing *t)
{
    (void)process_at(t, "inputs");
    return goods(basis_of(t)) > 0 ? sum_flows(t, false, heat) / 1e6 : NOT_IT;
}

double park_plausible_boiler_mass(struct park_plausible_thing *t)
{
    const struct park_process *s = process_at(t, "capacity");
    const bool burns = sum_flows(t, false, fuel) != 0; // NaN, too
    const struct park_stream *made = basis_of(t);
    return burns && made->kind == PARK_STREAM_HEAT && is_of(made, SIM_DIM_MASS)
               ? positive(s->level.nominal * 3.6)
               : NOT_IT; // kg/s to t/h
}

double park_plausible_boiler_power(struct park_plausible_thing *t)
{
    const struct park_process *s = process_at(t, "capacity");
    const bool burns = sum_flows(t, false, fuel) != 0;
    const struct park_stream *made = basis_of(t);
    return burns && (made->kind == PARK_STREAM_HEAT || made->kind == PARK_STREAM_ENERGY) &&
                   is_of(made, SIM_DIM_ENERGY)
               ? positive(s->level.nominal / 1e6)
               : NOT_IT;
}

double park_plausible_process_emissions(struct park_plausible_thing *t)
{
    const struct park_process *s = process_at(t, "process_emissions");
    return is_of(basis_of(t), SIM_DIM_MASS) ? stated(&s->process_emissions) : NOT_IT;
}

double park_plausible_presence(struct park_plausible_thing *t)
{
    const struct park_process *s = t->p->processes[t->id];
    const sim_time from = s->from_us > t->p->start_us ? s->from_us : t->p->start_us;
    const sim_time until = s->until_us < t->p->until_us ? s->until_us : t->p->until_us;
    t->at = s->node;
    return until > from ? sim_simtime_to_seconds(until - from) / 3600 : 0;
}

// ---- stocks, links, calendars, failures, money

double park_plausible_stock_days(struct park_plausible_thing *t)
{
    const struct park_stock *k = t->p->stocks[t->id];
    const double filled = t->sums->filled[t->id];
    t->at = k->capacity.node != NULL ? k->capacity.node : k->node;
    return filled > 0 && isfinite(filled) && isfinite(k->capacity_si)
               ? k->capacity_si / filled / 86400
               : NOT_IT;
}

double park_plausible_decay(struct park_plausible_thing *t)
{
    const struct park_stock *k = t->p->stocks[t->id];
    t->at = k->decay.node;
    return k->decay_per_s > 0 ? k->decay_per_s * 86400 * 100 : NOT_IT;
}

double park_plausible_length(struct park_plausible_thing *t)
{
    const struct park_link *k = t->p->links[t->id];
    t->at = k->length.node;
    return positive(stated(&k->length) / 1e3);
}

double park_plausible_loss(struct park_plausible_thing *t)
{
    const struct park_link *k = t->p->links[t->id];
    t->at = k->loss.node;
    return 100 * stated(&k->loss);
}

double park_plausible_pumping(struct park_plausible_thing *t)
{
    const struct park_link *k = t->p->links[t->id];
    const struct park_stream *s = t->p->streams[k->stream];
    t->at = k->pumping.node;
    const double kwh = k->pumping_j / 3.6e6;
    return is_of(s, SIM_DIM_MASS) ? kwh * 1e3 : is_of(s, SIM_DIM_VOLUME) ? kwh : NOT_IT;
}

double park_plausible_speed(struct park_plausible_thing *t)
{
    const struct park_link *k = t->p->links[t->id];
    t->at = k->delay.node;
    return k->delay_us > 0 ? stated(&k->length) / sim_simtime_to_seconds(k->delay_us) : NOT_IT;
}

double park_plausible_open(struct park_plausible_thing *t)
{
    const struct park_calendar *c = t->p->calendars[t->id];
    const sim_time open = sim_calendar_open_between(c->times, t->p->start_us, t->p->until_us);
    t->at = c->node;
    return 100 * ((double)open / (double)(t->p->until_us - t->p->start_us));
}

double park_plausible_availability(struct park_plausible_thing *t)
{
    const struct park_failure *f = t->p->failures[t->id];
    const double up = sim_dist_mean(&f->up_dist);
    t->at = f->repair.node;
    return 100 * (up / (up + sim_dist_mean(&f->repair_dist)));
}

double park_plausible_repair(struct park_plausible_thing *t)
{
    const struct park_failure *f = t->p->failures[t->id];
    t->at = f->repair.node;
    return sim_dist_mean(&f->repair_dist) / 86400;
}

double park_plausible_discount(struct park_plausible_thing *t)
{
    const struct park_economy *e = t->p->economy;
    if (e == NULL) {
        return NOT_IT;
    }
    t->at = e->discount_rate.node;
    return 100 * (stated(&e->discount_rate) * sim_simtime_to_seconds(SIM_TIME_YEAR));
}
