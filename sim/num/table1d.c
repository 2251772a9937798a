// SPDX-License-Identifier: MIT
#include "sim/num/table1d.h"
