// SPDX-License-Identifier: MIT
#include "sim/num/simtime.h"
