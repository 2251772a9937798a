#include "models/park/out/reserved.h"

const char *const park_reserved_names[PARK_RESERVED_COUNT] = {
    "unit", "party", "ledger", "held_back", "entry", "running", "down",
    // of each unit of measure, property or party
    "link_", "stock_", "stream_", "flow_", "level_", "balance_", "unserved_", "property_", "party_",
    "present_"};
