// SPDX-License-Identifier: MIT
#include "sim/num/rng.h"
