// SPDX-License-Identifier: MIT
#include "sim/num/gammas.h"
