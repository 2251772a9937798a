// SPDX-License-Identifier: MIT
#include "sim/num/dist.h"
