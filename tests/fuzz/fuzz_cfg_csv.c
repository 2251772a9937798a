// Whatever bytes a table holds: it is read without harm, every row has all its cells, and every
// place lies in the file.
#include "sim/cfg/csv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sim_diag *d = sim_diag_create();
    struct sim_csv *c = sim_csv_parse("fuzz.csv", size > 0 ? (const char *)data : "", size, d);
    for (int i = 0; c != NULL && i < c->row_count; i++) {
        for (int k = 0; k < c->column_count; k++) {
            const struct sim_place p = sim_csv_place(c, i, k);
            double number = 0.0;
            SIM_REQUIRE(sim_csv_cell(c, i, k)->text != NULL, "a text in every cell");
            SIM_REQUIRE(p.line >= 1 && p.column >= 1 && (size_t)p.column <= size + 1,
                        "a place in the file");
            if (k < 4) {
                (void)(sim_csv_number(c, i, k, &number, d) == SIM_OK);
            }
        }
    }
    free(sim_diag_render(d, 0));
    sim_csv_destroy(c);
    sim_diag_destroy(d);
    return 0;
}
