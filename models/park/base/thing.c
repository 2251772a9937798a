#include "models/park/base/thing.h"

#include <string.h>

// Its elements point to structs of one kind, which begin with a thing.
const struct park_thing *park_thing_at(void *const *list, int32_t i)
{
    const struct park_thing *t;
    memcpy(&t, &list[i], sizeof(t));
    return t;
}
