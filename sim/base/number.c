#include "sim/base/number.h"

#include "sim/base/base.h"

#include <math.h>
#include <stdio.h>

char *sim_number_text(double value, char out[SIM_NUMBER_TEXT])
{
    const double size = fabs(value);
    if (!isfinite(value) || size >= 1e15 || (size > 0 && size < 0.1)) {
        (void)snprintf(out, SIM_NUMBER_TEXT, "%.4g", value);
        return out;
    }
    char plain[SIM_NUMBER_TEXT];
    (void)snprintf(plain, sizeof(plain), "%.*f",
                   size >= 1e4 || size == 0 ? 0
                   : size >= 100            ? 1
                                            : 2,
                   value);
    return sim_base_group(plain, out);
}
