/** @file
 * Could activities of a reference network run higher together, and none lower?
 *
 * Where every cause of a limit ends in a capacity none can: whoever is held by a pool rises only
 * when somebody opposite does, and so on. So where they can, claims go in a circle that holds
 * itself down: a unit gets a share of what it brings about itself, less in each round, and
 * propagation ends at nothing though the loop could feed itself. The rules let it feed itself
 * first, with the other rates as floors; that is no matter of propagation, and such parks are left
 * out where they differ.
 *
 * A linear programme over the increases, under the bounds of the pools and who may serve whom.
 * What overflows or fills stocks is left as it is, so it may miss something, but never cries wolf.
 */
#ifndef TESTS_SUPPORT_REF_RAISE_H
#define TESTS_SUPPORT_REF_RAISE_H

#include "tests/support/ref_rates.h"

bool ref_raise_is_open(const struct ref_net *n, const struct ref_bounds *bounds);

#endif
