// Of all floors of the park: hands the parts of its kinds to the loop, which knows none by name.
#include "models/park/run/part.h"

#include <stddef.h>

#define PARK_PART(name) extern const struct park_part park_##name##_part;
#include "models/park/parts.def"
#undef PARK_PART

const struct park_part *const park_part_all[] = {
#define PARK_PART(name) &park_##name##_part,
#include "models/park/parts.def"
#undef PARK_PART
    NULL};
