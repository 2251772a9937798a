// SPDX-License-Identifier: MIT
#include "sim/num/units.h"
