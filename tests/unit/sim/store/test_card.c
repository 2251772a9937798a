#include "sim/base/file.h"
#include "tests/unit/sim/store/parts_kit.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_text(const char *path, size_t *out_length)
{
    struct sim_err err;
    char *text = NULL;

    cr_assert(eq(int, (int)sim_file_read(path, SIZE_MAX / 2, &text, out_length, &err), SIM_OK));
    return text;
}

static struct sim_card *reread(const struct parts_kit *kit, const char *path)
{
    struct sim_card *card = NULL;
    struct sim_err err = {0};

    cr_assert(eq(int, (int)sim_card_write(&kit->card, path, &err), SIM_OK), "%s", err.text);
    cr_assert(eq(int, (int)sim_card_read(path, &card, &err), SIM_OK), "%s", err.text);
    return card;
}

Test(card, comes_back_whole)
{
    struct parts_kit *kit = parts_kit_create("card", 11, 0, 4);
    char path[200];
    char again[200];

    (void)snprintf(path, sizeof(path), "%s/card.json", kit->folder);
    (void)snprintf(again, sizeof(again), "%s/again.json", kit->folder);
    struct sim_card *card = reread(kit, path);
    struct sim_err err = {0};

    cr_assert(eq(u64, card->seed, UINT64_MAX - 1));
    cr_assert(eq(i64, card->points, 11));
    cr_assert(eq(int, card->shards, 4));
    cr_assert(eq(str, (char *)card->rule.response, "profit"));
    cr_assert(eq(dbl, card->rule.share, 0.02));
    cr_assert(memcmp(card->marks, kit->card.marks, 11 * sizeof(*card->marks)) == 0);
    cr_assert(memcmp(card->point_design, kit->card.point_design, 11 * sizeof(int32_t)) == 0);
    cr_assert(eq(str, (char *)card->designs[1], "không có ống"));
    const struct sim_schema_var *var =
        sim_schema_var_at(card->schema, sim_schema_var_find(card->schema, "", "point_trucks"));

    cr_assert(eq(dbl, ((const double *)var->values)[3], 0.1 * 3.0));
    cr_assert(eq(str, (char *)var->spread_as, "trucks"));

    // all of it: written again it is the same text
    size_t lengths[2] = {0};

    cr_assert(eq(int, (int)sim_card_write(card, again, &err), SIM_OK));
    char *first = read_text(path, &lengths[0]);
    char *second = read_text(again, &lengths[1]);

    cr_assert(eq(sz, lengths[0], lengths[1]));
    cr_assert(memcmp(first, second, lengths[0]) == 0);
    free(first);
    free(second);
    sim_card_destroy(card);
    parts_kit_destroy(kit);
}

Test(card, layout_is_of_what_runs_look_like)
{
    struct parts_kit *few = parts_kit_create("card_few", 3, 2, 1);
    struct parts_kit *many = parts_kit_create("card_many", 30, 5, 2);
    struct sim_card_mark a;
    struct sim_card_mark b;

    sim_card_layout(&few->card, &a);
    sim_card_layout(&many->card, &b);
    cr_assert(memcmp(&a, &b, sizeof(a)) == 0); // more points are no other layout
    many->card.source = "kit 1.0 (abd)";
    sim_card_layout(&many->card, &b);
    cr_assert(memcmp(&a, &b, sizeof(a)) != 0);
    many->card.source = few->card.source;
    (void)sim_schema_var(many->schema,
                         &(struct sim_schema_var){.name = "more", .scope = SIM_SCHEMA_RUN});
    sim_card_layout(&many->card, &b);
    cr_assert(memcmp(&a, &b, sizeof(a)) != 0);
    parts_kit_destroy(few);
    parts_kit_destroy(many);
}

Test(card, hash_covers_all_but_the_shards)
{
    struct parts_kit *kit = parts_kit_create("card_hash", 3, 2, 1);
    char first[65];
    char again[65];

    sim_card_hash(&kit->card, first);
    kit->card.shards = 4;
    sim_card_hash(&kit->card, again);
    cr_assert(eq(str, first, again));
    sim_schema_root_attr(kit->schema, "remark", "one more");
    sim_card_hash(&kit->card, again);
    cr_assert(ne(str, first, again));
    sim_card_hash(&kit->card, first);
    sim_schema_input_text(kit->schema, "more", "text");
    sim_card_hash(&kit->card, again);
    cr_assert(ne(str, first, again));
    sim_card_hash(&kit->card, first);
    kit->card.rule.at_most++;
    sim_card_hash(&kit->card, again);
    cr_assert(ne(str, first, again));
    parts_kit_destroy(kit);
}

Test(card, tells_what_is_no_card)
{
    static const char *const texts[] = {
        "", "{}", "{\"ecopark_card\": 1, \"crc32\": \"00000000\", x",
        "{\"ecopark_card\": 7, \"crc32\": \"00000000\", \"a\": 1}\n"};
    struct parts_kit *kit = parts_kit_create("card_bad", 3, 2, 1);
    char path[200];
    struct sim_card *card = NULL;
    struct sim_err err = {0};

    (void)snprintf(path, sizeof(path), "%s/card.json", kit->folder);
    cr_assert(eq(int, (int)sim_card_read(path, &card, &err), SIM_MISSING));
    for (int i = 0; i < SIM_COUNT(texts); i++) {
        cr_assert(eq(int, (int)sim_file_write(path, texts[i], strlen(texts[i]), &err), SIM_OK));
        cr_assert(eq(int, (int)sim_card_read(path, &card, &err), SIM_INPUT), "%s", texts[i]);
        cr_assert(strstr(err.text, i == 3 ? "later version" : "damaged") != NULL, "%s", err.text);
    }
    parts_kit_destroy(kit);
}

Test(card, sees_any_changed_letter)
{
    struct parts_kit *kit = parts_kit_create("card_change", 3, 2, 1);
    char path[200];
    size_t length = 0;
    struct sim_card *card = NULL;
    struct sim_err err = {0};

    (void)snprintf(path, sizeof(path), "%s/card.json", kit->folder);
    sim_card_destroy(reread(kit, path));
    char *text = read_text(path, &length);

    for (size_t i = 0; i + 1 < length; i += 7) {
        FILE *f = fopen(path, "wb");

        text[i] = (char)(text[i] ^ 1);
        (void)fwrite(text, 1, length, f);
        (void)fclose(f);
        text[i] = (char)(text[i] ^ 1);
        cr_assert(eq(int, (int)sim_card_read(path, &card, &err), SIM_INPUT), "letter %zu", i);
    }
    free(text);
    parts_kit_destroy(kit);
}

Test(card, of_a_hundred_thousand_points_stays_small)
{
    enum {
        POINTS = 100000
    };
    struct parts_kit *kit = parts_kit_create("card_large", POINTS, 2, 1);
    char path[200];
    size_t length = 0;

    (void)snprintf(path, sizeof(path), "%s/card.json", kit->folder);
    struct sim_card *card = reread(kit, path);
    char *text = read_text(path, &length);

    // marks 32 letters a point, a number 16, a text about 10; designs two entries in all
    cr_assert(lt(sz, length, 61 * POINTS));
    cr_assert(memcmp(card->marks, kit->card.marks, POINTS * sizeof(*card->marks)) == 0);
    cr_assert(memcmp(card->point_design, kit->card.point_design, POINTS * sizeof(int32_t)) == 0);
    cr_assert(eq(i64, sim_schema_axis_at(card->schema, SIM_SCHEMA_AXIS_POINT)->length, POINTS));
    cr_assert(sim_schema_axis_at(card->schema, SIM_SCHEMA_AXIS_POINT)->numbers == NULL);
    free(text);
    sim_card_destroy(card);
    parts_kit_destroy(kit);
}
