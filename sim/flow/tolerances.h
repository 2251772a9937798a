/** @file
 * How far numbers may be from each other and count as the same: every tolerance of the rate solver,
 * with what it means and of what it is a share. None has a unit of its own, so a park in kilograms
 * and one in tonnes are told alike.
 *
 * The scale of an activity is its capacity, cut to what the other side of its junctions could carry
 * (network.c), so that an ample capacity hides no small flow.
 *
 * Three sizes come again and again. 1e-14 to 1e-15 is what roundings of some tens of terms leave: a
 * number so small beside its terms is none. 1e-12 is where a solution counts as found. 1e-9 is
 * where two quantities of a plant count as the same: a gram in a thousand tonnes.
 */
#ifndef SIM_TOLERANCES_H
#define SIM_TOLERANCES_H

// ---- One pool ----

#define SIM_TOLERANCE_DRY     1e-14 // of a supply: so little left of it is what rounding left
#define SIM_TOLERANCE_NOTHING 1e-13 // of an activity's scale: a rate below this is none
#define SIM_TOLERANCE_BALANCE 1e-9  // of what flows in or out, the larger: a net below this is none
#define SIM_TOLERANCE_RATE    1e-9  // of a rate: one closer than this to it is the same
#define SIM_TOLERANCE_WEIGHT                                                                       \
    1e-6                         // of what somebody has: weighs at least that, though he needs none
#define SIM_TOLERANCE_STOCK 1e-6 // [s] at full flow: a stock that holds less is a junction

// ---- Blocks of circular limits: levels.c, loop.c ----

#define SIM_TOLERANCE_CONVERGED 1e-12 // of what a pool moves, or a row's scale: the answer is found
#define SIM_TOLERANCE_SETTLED   1e-9  // the same, where roundings stand in the way of more
#define SIM_TOLERANCE_LEVEL     1e-15 // of what a pool moves: no step makes it better
#define SIM_TOLERANCE_IMAGE     1e-14 // of F(y): the same for limits of single ports
#define SIM_TOLERANCE_LIMIT     1e-14 // of a limit: one closer than this was read off alike
#define SIM_TOLERANCE_TIE       1e-9  // of a limit: two closer than this may be the same

// ---- The path from capacity: follow.c ----

#define SIM_TOLERANCE_ARRIVED  1e-14 // s of the way: no offset at all is left
#define SIM_TOLERANCE_NEARLY   1e-9  // s: lost after this, Newton may still see the end
#define SIM_TOLERANCE_RESTING  1e-9  // of scales: |x - F(x)| of what is accepted
#define SIM_TOLERANCE_FALLING  1e-12 // of a scale: a slack that falls slower is met nowhere
#define SIM_TOLERANCE_BACK     1e-9  // s beyond 1: the path has come back to where it began
#define SIM_TOLERANCE_RISE     1e-9  // of a scale: less is no rise, nor a direction that is open
#define SIM_TOLERANCE_STEP     1e-7  // of a scale: so far beyond a kink one looks
#define SIM_TOLERANCE_SOLUTION 1e-11 // of scales: |x - F(x)| of another solution of the same

// ---- Loops that feed themselves: selffeed.c, feed.c, programme.c ----

#define SIM_TOLERANCE_OPEN   1e-8  // of a scale: a maximum that is no higher is no rise
#define SIM_TOLERANCE_EVEN   1e-12 // of what flows at a pool: less is a rounding
#define SIM_TOLERANCE_CLOSED 1e-12 // of a scale: less is no room
#define SIM_TOLERANCE_ROOM   1e-9 // of a scale: between floor and ceiling; less is none to look for
#define SIM_TOLERANCE_MEMBER 1e-12 // of a scale: a rate within this of what was decided is that
#define SIM_TOLERANCE_KEPT   1e-11 // of a scale: a rate within this keeps what was decided
#define SIM_TOLERANCE_SHARED 1e-12 // of a supply: less left by the fed is nothing to ration
#define SIM_TOLERANCE_GIVEN  1e-10 // of what flows at a pool: it may give so much more than it gets

// ---- Linear programmes: simplex.c ----

#define SIM_TOLERANCE_PRICE  1e-10 // a smaller price is none
#define SIM_TOLERANCE_PIVOT  1e-10 // smaller numbers of the table turn no variable in
#define SIM_TOLERANCE_TABLE  1e-13 // smaller numbers of the table are roundings
#define SIM_TOLERANCE_BEYOND 1e-13 // how far a bound may be passed for a better pivot
#define SIM_TOLERANCE_SMALL  1e-6  // a number that may be a rounding, but in a fresh table
#define SIM_TOLERANCE_SOUND  1e-9  // of their parts: how far sums may be from what A says

// ---- Linear systems: dense.c, sparse.c ----

#define SIM_TOLERANCE_SINGULAR 1e-11 // of the largest number: a smaller pivot is none

#endif
