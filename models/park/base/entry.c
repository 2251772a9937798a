#include "models/park/base/entry.h"

#include <stddef.h>

#define MONEY  NULL, 1
#define TONNES "t", 1e3
const struct park_column_words park_entry_columns[PARK_COLUMNS] = {
#define X(name, result, told, within, words)                                                       \
    [PARK_COLUMN_##name] = {result, told, PARK_COLUMN_##within, words},
#include "models/park/base/columns.def"
};

// What arrives at the end of a pipe was an exchange when it entered.
const char *const park_entry_kinds[] = {
    [PARK_MOVE_PURCHASE] = "purchase", [PARK_MOVE_SALE] = "sale",
    [PARK_MOVE_DISPOSAL] = "disposal", [PARK_MOVE_EXCHANGE] = "exchange",
    [PARK_MOVE_INTERNAL] = "internal", [PARK_MOVE_ARRIVAL] = "internal",
    [PARK_MOVE_INPUT] = "internal",    [PARK_MOVE_OUTPUT] = "internal",
    [PARK_MOVE_WORLD] = "internal",
};
