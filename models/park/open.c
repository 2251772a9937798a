#include "models/park/open.h"

#include "models/park/base/kinds.h"
#include "models/park/net/build.h"
#include "models/park/out/layout.h"
#include "models/park/read/designs.h"
#include "models/park/read/load.h"
#include "sim/core/evq.h"

#include <string.h>

/** Each thing that events may happen to has a rank in the queue: calendars, crews, failures,
 * profiles and activities. */
static void check_size(struct park_loader *l)
{
    const struct park *p = l->park;
    const int64_t ranks = 1 + (int64_t)p->calendar_count + p->crew_count + p->failure_count +
                          p->profile_count + p->net->activity_count;
    if (ranks > SIM_EVQ_RANK_MAX) {
        park_resolve_wrong(l, sim_tree_root(p->tree), "leave some out, or put like ones together",
                           "%lld processes, links, trades, failures and the like are more than "
                           "the %d that a park may have",
                           (long long)ranks, SIM_EVQ_RANK_MAX);
    }
}

// Rules across the park only when all is right so far: what follows from a mistake is not told
// beside it.
static enum sim_status make(struct park *p, const struct sim_model_source *source,
                            struct sim_diag *d)
{
    struct park_loader l;
    park_load_things(&l, p, d);
    if (sim_diag_wrong(d) == 0 && park_build(p, p->root->kinds, d) == SIM_OK) {
        check_size(&l);
        park_check(&l);
    }
    park_load_end(&l);
    p->layout = sim_diag_wrong(d) == 0 ? park_layout_create(p) : NULL;
    if (source->has_seed) {
        p->seed = source->seed;
    }
    return sim_diag_status(d);
}

/** From the tree as written, under the name of the design. What is told of a design that is not
 * there would only follow from that. */
static enum sim_status change(struct park *p, const struct sim_model_source *source,
                              struct sim_diag *d)
{
    static const struct sim_model_source as_written;
    source = source != NULL ? source : &as_written;
    if (!park_designs_has(p->designs, source->design, d)) {
        return sim_diag_status(d);
    }
    const int design = park_designs_find(p->designs, source->design);
    sim_diag_via(d, park_designs_via(p->designs, design));
    park_load_change(p, source, d);
    const enum sim_status status = make(p, source, d);
    sim_diag_via(d, NULL);
    return status;
}

static enum sim_status give(struct park *p, enum sim_status status, struct park **out)
{
    if (status != SIM_OK) {
        park_open_free(p);
        p = NULL;
    }
    *out = p;
    return status;
}

enum sim_status park_open(const char *path, const struct sim_model_source *source,
                          struct sim_diag *d, struct park **out)
{
    struct park *p = park_load_file(path, park_kinds, d);
    return give(p, p != NULL ? change(p, source, d) : sim_diag_status(d), out);
}

enum sim_status park_open_text(const char *name, const char *text,
                               const struct sim_model_source *source, struct sim_diag *d,
                               struct park **out)
{
    struct park *p = park_load_text(name, text, park_kinds, d);
    return give(p, p != NULL ? change(p, source, d) : sim_diag_status(d), out);
}

/** Mistakes show their lines; the files were read by another load, with a list of its own. */
static void name_sources(const struct sim_tree *t, struct sim_diag *d)
{
    for (int i = 0; sim_diag_count(d) > 0 && i < sim_tree_source_count(t); i++) {
        const struct sim_source *s = sim_tree_source(t, i);
        const size_t mark = s->length >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
        sim_diag_source(d, s->path, s->text + mark, s->length - mark);
    }
}

enum sim_status park_open_from(const struct park *origin, const struct sim_model_source *source,
                               struct sim_diag *d, struct park **out)
{
    struct park *p = park_load_again(origin);
    const enum sim_status status = change(p, source, d);
    name_sources(p->tree, d);
    return give(p, status, out);
}

void park_open_free(struct park *p)
{
    if (p != NULL) {
        park_layout_destroy(p->layout);
        park_build_free(p->net);
        park_load_free(p);
    }
}
