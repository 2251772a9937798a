/** @file
 * Elementary functions in plain IEEE operations: the same bits on every machine.
 *
 * libm's log, exp and pow differ in the last bit between processors with and without fused
 * multiply-add, and between versions. These use only +, -, *, /, sqrt and integer operations on
 * the bits, which IEEE 754 fixes, so results never depend on the machine (compile with
 * -ffp-contract=off). Special values are as in C Annex F; errno and the exception flags are not
 * kept. sqrt, floor, fabs, ldexp of libm are exact and may be used directly.
 *
 * Method: table of 1/c, log c (128 steps) and of 2^(j/64), with polynomials on what is left;
 * Tang 1989, 1990 (ACM TOMS 15, 16). Tables and their generator: elem_table.h, make_elem_table.py.
 *
 * Floor 1. Pure; thread-safe.
 */
#ifndef SIM_NUM_ELEM_H
#define SIM_NUM_ELEM_H

double sim_elem_log(double x);           // error below 0.52 ulp (measured)
double sim_elem_exp(double x);           // below 0.52 ulp; subnormal results below 0.77 ulp
double sim_elem_log1p(double x);         // log(1 + x); below 1 ulp
double sim_elem_expm1(double x);         // exp(x) - 1; below 2 ulp
double sim_elem_pow(double x, double y); // below 1 ulp

#endif
