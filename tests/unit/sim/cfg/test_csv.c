#include "sim/cfg/csv.h"
#include "tests/unit/sim/cfg/cfg_support.h"

static struct sim_csv *parse(struct sim_diag *d, const char *text)
{
    return sim_csv_parse("t.csv", text, strlen(text), d);
}

Test(csv, reads_header_with_units_and_cells_with_places)
{
    struct sim_diag *d = sim_diag_create();
    struct sim_csv *c = parse(d, "name, capacity [t/h]\nmill, 14\n\n# a comment\nbrick,5 \n");

    cr_assert_not_null(c);
    cr_assert(eq(int, c->row_count, 2));
    cr_assert_str_eq(c->columns[1].name, "capacity");
    cr_assert_str_eq(c->columns[1].unit, "t/h");
    cr_assert_null(c->columns[0].unit);
    cr_assert_str_eq(sim_csv_cell(c, 1, 1)->text, "5");
    const struct sim_place p = sim_csv_place(c, 1, 1);
    cr_assert(eq(int, p.line, 5));
    cr_assert(eq(int, p.column, 7));
    cr_assert(eq(int, sim_diag_count(d), 0));
    sim_csv_destroy(c);
    sim_diag_destroy(d);
}

Test(csv, reads_quotes_as_rfc_4180)
{
    struct sim_diag *d = sim_diag_create();
    struct sim_csv *c =
        parse(d, "\xEF\xBB\xBFname,title\r\na,\"Giấy, \"\"Đồng Nai\"\"\r\nhai\"\r\nb,\"\"\r\n");

    cr_assert_not_null(c);
    cr_assert_str_eq(c->columns[0].name, "name");
    cr_assert_str_eq(sim_csv_cell(c, 0, 1)->text, "Giấy, \"Đồng Nai\"\r\nhai");
    cr_assert_str_eq(sim_csv_cell(c, 1, 1)->text, "");
    cr_assert(eq(int, sim_csv_cell(c, 1, 0)->line, 4)); // the text above has two lines
    cr_assert(eq(int, sim_diag_count(d), 0));
    sim_csv_destroy(c);
    sim_diag_destroy(d);
}

Test(csv, tells_each_fault_with_its_row)
{
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"a,b\n1\n", "t.csv:2: 1 fields, but the header has 2"},
        {"a,b\n1,2\n1,2,3\n", "t.csv:3: 3 fields, but the header has 2"},
        {"a,b\n1,x\"y\n", "t.csv:2: a quote inside of a field"},
        {"a,b\n1,\"x\"y\n", "t.csv:2: text after the closing quote"},
        {"a,b\n1,2\n3,\"x\n\n", "t.csv:3: a field in quotes that is never closed"},
        {"a,a\n1,2\n", "t.csv:1: 'a': two columns have this name"},
        {"a,\n1,2\n", "t.csv:1: '': a column without a name"},
        {"a;b\n1;2\n", "columns apart by ';'"},
        {"", "the file has no header"},
        {"a\n\xff\n", "t.csv:2: a byte that is not UTF-8"},
    };
    for (int i = 0; i < SIM_COUNT(cases); i++) {
        struct sim_diag *d = sim_diag_create();
        struct sim_csv *c = parse(d, cases[i].text);

        char *said = sim_diag_render(d, 0);
        cr_assert(strstr(said, cases[i].wanted) != NULL, "case %d said: %s", i, said);
        free(said);
        sim_csv_destroy(c);
        sim_diag_destroy(d);
    }
}

Test(csv, leaves_faulty_rows_out_and_goes_on)
{
    struct sim_diag *d = sim_diag_create();
    struct sim_csv *c = parse(d, "a,b\n1\n2,3\n4,\"x\"y\n5,6");

    cr_assert(eq(int, c->row_count, 2));
    cr_assert_str_eq(sim_csv_cell(c, 1, 1)->text, "6");
    cr_assert(eq(int, sim_diag_count(d), 2));
    sim_csv_destroy(c);
    sim_diag_destroy(d);
}

Test(csv, refuses_cells_that_are_no_numbers)
{
    struct sim_diag *d = sim_diag_create();
    struct sim_csv *c = parse(d, "x\n1.5\n1,5\nabc\nnan\n1e999\n");
    double number = 0.0;

    cr_assert(eq(int, c->row_count, 4)); // "1,5" has two fields
    cr_assert(eq(int, (int)sim_csv_number(c, 0, 0, &number, d), 0));
    cr_assert(eq(dbl, number, 1.5));
    for (int i = 1; i < 4; i++) {
        cr_assert(eq(int, (int)sim_csv_number(c, i, 0, &number, d), 65));
    }
    cr_assert(eq(int, sim_diag_count(d), 4));
    sim_csv_destroy(c);
    sim_diag_destroy(d);
}
