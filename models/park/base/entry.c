#include "models/park/base/entry.h"

// What arrives at the end of a pipe was an exchange when it entered.
const char *const park_entry_kinds[] = {
    [PARK_MOVE_PURCHASE] = "purchase", [PARK_MOVE_SALE] = "sale",
    [PARK_MOVE_DISPOSAL] = "disposal", [PARK_MOVE_EXCHANGE] = "exchange",
    [PARK_MOVE_INTERNAL] = "internal", [PARK_MOVE_ARRIVAL] = "internal",
    [PARK_MOVE_INPUT] = "internal",    [PARK_MOVE_OUTPUT] = "internal",
    [PARK_MOVE_WORLD] = "internal",
};
