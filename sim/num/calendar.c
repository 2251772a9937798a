// SPDX-License-Identifier: MIT
#include "sim/num/calendar.h"
