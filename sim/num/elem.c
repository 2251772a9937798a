// SPDX-License-Identifier: MIT
#include "sim/num/elem.h"
