#include "sim/store/parts_index.h"

#include "sim/base/file.h"
#include "sim/base/hash.h"
#include "sim/base/sys.h"
#include "sim/store/pack_record.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>

static const uint32_t failed_bit = UINT32_C(1) << 31;

struct sim_parts_index {
    const struct sim_card *card;
    int32_t *slots; // by hash of the mark; -1: free
    size_t slot_mask;
    int32_t *runs_of; // of each slot: how many runs
    SIM_VEC(struct sim_parts_index_run) runs;
    int32_t *table; // by hash of slot and replication: index into runs; -1: free
    size_t table_mask;
};

static size_t power_above(size_t count)
{
    size_t size = 16;

    while (size < count) {
        size *= 2;
    }
    return size;
}

static int32_t *free_table(size_t size)
{
    int32_t *table = sim_base_alloc(size, sizeof(*table));

    memset(table, -1, size * sizeof(*table));
    return table;
}

static bool is_same_mark(const struct sim_card_mark *a, const struct sim_card_mark *b)
{
    return memcmp(a->bytes, b->bytes, SIM_CARD_MARK) == 0;
}

/** Where the mark is, or would be put. */
static size_t mark_place(const struct sim_parts_index *ix, const struct sim_card_mark *mark)
{
    size_t at = (size_t)sim_hash_bytes(mark->bytes, SIM_CARD_MARK, 0) & ix->slot_mask;

    while (ix->slots[at] >= 0 && !is_same_mark(&ix->card->marks[ix->slots[at]], mark)) {
        at = (at + 1) & ix->slot_mask;
    }
    return at;
}

struct sim_parts_index *sim_parts_index_create(const struct sim_card *card)
{
    struct sim_parts_index *ix = sim_base_alloc(1, sizeof(*ix));

    SIM_REQUIRE(card->points <= INT32_MAX / 2, "a study has at most a billion points");
    ix->card = card;
    ix->slot_mask = power_above((size_t)card->points * 2) - 1;
    ix->slots = free_table(ix->slot_mask + 1);
    ix->runs_of = sim_base_alloc((size_t)card->points, sizeof(*ix->runs_of));
    ix->table_mask = power_above(0) - 1;
    ix->table = free_table(ix->table_mask + 1);
    for (int64_t p = 0; p < card->points; p++) {
        const size_t at = mark_place(ix, &card->marks[p]);

        if (ix->slots[at] < 0) {
            ix->slots[at] = (int32_t)p;
        }
    }
    return ix;
}

void sim_parts_index_destroy(struct sim_parts_index *ix)
{
    if (ix == NULL) {
        return;
    }
    SIM_VEC_FREE(&ix->runs);
    free(ix->slots);
    free(ix->runs_of);
    free(ix->table);
    free(ix);
}

int32_t sim_parts_index_slot(const struct sim_parts_index *ix, const struct sim_card_mark *mark)
{
    return ix->slots[mark_place(ix, mark)];
}

/** Where the run is, or would be put. */
static size_t run_place(const struct sim_parts_index *ix, int32_t slot, int32_t replication)
{
    const uint64_t key = (uint64_t)(uint32_t)slot << 32 | (uint32_t)replication;
    const uint64_t mixed = key * UINT64_C(0x9e3779b97f4a7c15); // Knuth: multiplicative
    size_t at = (size_t)(mixed >> 32) & ix->table_mask;

    while (ix->table[at] >= 0) {
        const struct sim_parts_index_run *run = &ix->runs.data[ix->table[at]];

        if (run->slot == slot && run->replication == replication) {
            break;
        }
        at = (at + 1) & ix->table_mask;
    }
    return at;
}

const struct sim_parts_index_run *sim_parts_index_find(const struct sim_parts_index *ix,
                                                       int32_t slot, int32_t replication)
{
    const int32_t found = slot >= 0 ? ix->table[run_place(ix, slot, replication)] : -1;

    return found >= 0 ? &ix->runs.data[found] : NULL;
}

static void grow(struct sim_parts_index *ix)
{
    free(ix->table);
    ix->table_mask = 2 * ix->table_mask + 1;
    ix->table = free_table(ix->table_mask + 1);
    for (int32_t i = 0; i < ix->runs.count; i++) {
        const struct sim_parts_index_run *run = &ix->runs.data[i];

        ix->table[run_place(ix, run->slot, run->replication)] = i;
    }
}

bool sim_parts_index_add(struct sim_parts_index *ix, const struct sim_parts_block_run *run,
                         uint32_t block)
{
    const int32_t slot = sim_parts_index_slot(ix, &run->mark);

    SIM_REQUIRE(run->offset < failed_bit, "a record starts within the first 2 GB of its block");
    if (slot < 0) {
        return false;
    }
    const size_t at = run_place(ix, slot, run->replication);

    if (ix->table[at] >= 0) {
        return true;
    }
    const bool failed = run->status != SIM_RUN_OK;
    const struct sim_parts_index_run entry = {slot, run->replication, run->value, block,
                                              (uint32_t)run->offset | (failed ? failed_bit : 0)};

    ix->table[at] = ix->runs.count;
    ix->runs_of[slot]++;
    SIM_VEC_PUSH(&ix->runs, entry);
    if ((size_t)ix->runs.count * 4 > ix->table_mask * 3) {
        grow(ix);
    }
    return true;
}

int sim_parts_index_response(const struct sim_card *card)
{
    const char *name = card->rule.response;
    const int var = name != NULL ? sim_schema_var_find(card->schema, "", name) : -1;

    if (var < 0) {
        return -1;
    }
    const struct sim_schema_var *v = sim_schema_var_at(card->schema, var);

    SIM_REQUIRE(v->scope == SIM_SCHEMA_RUN && v->type == SIM_SCHEMA_F64 &&
                    sim_schema_var_size(card->schema, var) == 1,
                "the rule's response is one float64 total a run");
    return var;
}

/** The values of the card's response, where the block has another's. */
static enum sim_status reread_values(const struct sim_parts_index *ix, const char *path,
                                     struct sim_parts_block_list *list, struct sim_err *err)
{
    const int var = sim_parts_index_response(ix->card);
    const uint64_t place = var >= 0 ? sim_pack_record_place(ix->card->schema, var) : 0;
    const int fd = var >= 0 ? sim_sys_open(path, O_RDONLY | O_NONBLOCK) : -1;
    enum sim_status status = SIM_OK;

    if (var >= 0 && fd < 0) {
        return sim_err_errno(err, SIM_MISSING, "cannot read %s", path);
    }
    for (int i = 0; i < list->runs.count && status != SIM_MISSING; i++) {
        struct sim_parts_block_run *run = &list->runs.data[i];
        double value = (double)NAN;

        status = SIM_OK;
        if (var >= 0 && run->status == SIM_RUN_OK) {
            status = sim_file_read_at(fd, path, run->offset + place, &value, sizeof(value), err);
        }
        // one that is cut off is damaged: composing will say so
        run->value = status == SIM_OK ? value : (double)NAN;
    }
    if (fd >= 0) {
        (void)sim_sys_close(fd);
    }
    return status == SIM_INPUT ? SIM_OK : status;
}

enum sim_status sim_parts_index_add_block(struct sim_parts_index *ix, const char *path,
                                          struct sim_parts_block_list *list, uint32_t block,
                                          struct sim_err *err)
{
    const struct sim_card_mark response = sim_parts_block_response(ix->card->rule.response);

    if (!is_same_mark(&response, &list->head.response)) {
        SIM_TRY(reread_values(ix, path, list, err));
    }
    for (int i = 0; i < list->runs.count; i++) {
        (void)sim_parts_index_add(ix, &list->runs.data[i], block);
    }
    return SIM_OK;
}

int32_t sim_parts_index_runs_of(const struct sim_parts_index *ix, int32_t slot)
{
    return slot >= 0 ? ix->runs_of[slot] : 0;
}

enum sim_run_status sim_parts_index_status(const struct sim_parts_index_run *run)
{
    return (run->offset & failed_bit) != 0 ? SIM_RUN_FAILED : SIM_RUN_OK;
}

uint64_t sim_parts_index_offset(const struct sim_parts_index_run *run)
{
    return run->offset & ~failed_bit;
}
