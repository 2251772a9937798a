// The list of all kinds, which who opens a park hands in.
#include "models/park/base/kinds.h"

const struct park_kind *const park_kinds[] = {
#define PARK_ONE(one)        &park_##one,
#define PARK_MANY(many, one) &park_##many,
#include "models/park/base/kinds.def"
#undef PARK_ONE
#undef PARK_MANY
    NULL};
