// SPDX-License-Identifier: MIT
#include "sim/num/stats.h"
