// Whatever bytes a park file holds: it is read without harm, and when nothing is wrong with it,
// what `show` prints reads back as the same park. The first line of the input, after '#', is taken
// as overrides apart by '|'.
#include "sim/base/arena.h"
#include "sim/cfg/kind.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct thing {
    struct sim_value value;
    struct sim_value any_value;
    const char *text;
    int64_t count;
    double number;
    bool truth;
    int choice;
    struct sim_key_time when;
    struct sim_ref ref;
    struct sim_refs refs;
    struct sim_texts texts;
    struct sim_numbers numbers;
    struct sim_values values;
    struct thing *group;
    struct sim_items things;
    struct sim_items list;
    struct sim_items others;
    const struct sim_node *node;
};

enum {
    ALL_FORMS = 0x7E
};

static const struct sim_kind thing;
static const struct sim_kind other;
static const struct sim_kind *const kinds[] = {&thing, &other, NULL};
static const char *const choices[] = {"push", "pull", NULL};

#define KEY(member, ...)                                                                           \
    {                                                                                              \
        .name = #member, .offset = offsetof(struct thing, member), __VA_ARGS__                     \
    }

static const struct sim_key thing_keys[] = {
    KEY(value, .type = SIM_KEY_VALUE, .dim = "t/h", .min = "0", .max = "500 t/h"),
    KEY(any_value, .type = SIM_KEY_VALUE, .dim = "{x}", .forms = ALL_FORMS, .initial = "3 t"),
    KEY(text, .type = SIM_KEY_TEXT),
    KEY(count, .type = SIM_KEY_COUNT, .initial = "3", .min = "1"),
    KEY(number, .type = SIM_KEY_NUMBER, .max = "9"),
    KEY(truth, .type = SIM_KEY_BOOL, .initial = "true"),
    KEY(choice, .type = SIM_KEY_CHOICE, .choices = choices),
    KEY(when, .type = SIM_KEY_TIME),
    KEY(ref, .type = SIM_KEY_REF, .refers = ".things things.*.things 'block'"),
    KEY(refs, .type = SIM_KEY_REFS, .refers = "things"),
    KEY(texts, .type = SIM_KEY_TEXTS),
    KEY(numbers, .type = SIM_KEY_NUMBERS),
    KEY(values, .type = SIM_KEY_VALUES, .initial = "( \"0 %\", 1 )"),
    KEY(group, .type = SIM_KEY_GROUP, .kind = &thing),
    KEY(things, .type = SIM_KEY_MAP, .kinds = kinds, .kind = &thing),
    KEY(list, .type = SIM_KEY_LIST, .kind = &thing),
    KEY(node, .type = SIM_KEY_NODE),
};
static const struct sim_key any = {
    .type = SIM_KEY_MAP, .kind = &other, .offset = offsetof(struct thing, others)};
static const struct sim_kind thing = {.name = "thing",
                                      .size = sizeof(struct thing),
                                      .keys = thing_keys,
                                      .key_count = SIM_COUNT(thing_keys)};
static const struct sim_kind other = {.name = "other",
                                      .size = sizeof(struct thing),
                                      .keys = thing_keys,
                                      .key_count = SIM_COUNT(thing_keys),
                                      .brief = "value",
                                      .any = &any};

/** "# a = 1 | b = 2" in the first line. */
static void override(struct sim_tree *t, const char *text, struct sim_diag *d)
{
    if (text[0] != '#') {
        return;
    }
    char *line = sim_base_format("%.*s", (int)strcspn(text, "\n"), text + 1);
    for (char *p = strtok(line, "|"); p != NULL; p = strtok(NULL, "|")) {
        if (strncmp(p, "remove ", 7) == 0) {
            (void)sim_tree_remove(t, p + 7, "design", NULL, d);
        } else {
            (void)sim_tree_assign(t, p, "--set", NULL, d);
        }
    }
    free(line);
}

static char *read(const char *text, size_t size, bool with_overrides, bool *is_right)
{
    struct sim_diag *d = sim_diag_create();
    struct sim_tree *t = sim_tree_create();
    struct sim_arena *arena = sim_arena_create();
    (void)sim_tree_load_text(t, "fuzz.cfg", text, size, d);
    (void)sim_tree_expand(t, d);
    sim_kind_normalise(&thing, t);
    if (with_overrides) {
        override(t, text, d);
    }
    (void)sim_kind_load(&thing, t, arena, NULL, d);
    *is_right = sim_diag_wrong(d) == 0;
    free(sim_diag_render(d, 0));
    struct sim_tree *copy = sim_tree_clone(t);
    char *shown = sim_kind_show(&thing, copy, false);
    free(sim_kind_show(&thing, t, true));
    sim_arena_destroy(arena);
    sim_tree_destroy(copy);
    sim_tree_destroy(t);
    sim_diag_destroy(d);
    return shown;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool is_right = false;
    bool is_right_again = false;
    char *text = sim_base_alloc(size + 1, 1);
    if (size > 0) {
        memcpy(text, data, size);
    }
    char *shown = read(text, size, true, &is_right);
    if (is_right) {
        char *again = read(shown, strlen(shown), false, &is_right_again);
        SIM_REQUIRE(is_right_again, "a park that is shown is right");
        SIM_REQUIRE(strcmp(shown, again) == 0, "a park that is shown reads back the same");
        free(again);
    }
    free(shown);
    free(text);
    return 0;
}
