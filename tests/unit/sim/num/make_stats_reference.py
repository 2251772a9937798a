#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes stats_reference.txt for test_gammas.c and test_stats.c with mpmath at 40 digits:
/usr/bin/python3 make_stats_reference.py > stats_reference.txt

A line is "function a b x value": the arguments that a function does not take are 0. Quantile
lines are read backwards: x is the quantile, and `b` (or `a`) the chance at which it must come.
"""
import random

from mpmath import mp, mpf

mp.dps = 40
random.seed(7)


def line(f, a, b, x, value):
    print(f, *[float(v).hex() for v in (a, b, x, value)])


def lower(a, x):
    return mp.gammainc(a, 0, x, regularized=True)


def upper(a, x):
    return mp.gammainc(a, x, mp.inf, regularized=True)


for _ in range(100):
    x = 10 ** random.uniform(-3, 7)
    line("lgamma", 0, 0, x, mp.loggamma(mpf(x)))
for _ in range(100):
    x = random.uniform(-5, 26)
    line("erfc", 0, 0, x, mp.erfc(mpf(x)))
for _ in range(150):
    a = 10 ** random.uniform(-2, 3)
    x = a * 10 ** random.uniform(-1, 0.5) if random.random() < 0.7 else a + 3 * random.uniform(-1, 1) * a**0.5
    if x > 0 and lower(mpf(a), mpf(x)) > mpf(10) ** -200 and upper(mpf(a), mpf(x)) > mpf(10) ** -200:
        line("lower", a, 0, x, lower(mpf(a), mpf(x)))
        line("upper", a, 0, x, upper(mpf(a), mpf(x)))
for _ in range(150):
    a, b, x = 10 ** random.uniform(-1, 2), 10 ** random.uniform(-1, 2), random.uniform(0, 1)
    v = mp.betainc(mpf(a), mpf(b), 0, mpf(x), regularized=True)
    if v > mpf(10) ** -100:
        line("beta", a, b, x, v)


def solve(f, p, start):
    """x > 0 with f(x) = p, f rising: bisection of log x to 30 digits."""
    low = high = mpf(start)
    while f(low) > p:
        low /= 2
    while f(high) < p:
        high *= 2
    for _ in range(105):
        middle = mp.sqrt(low * high)
        if f(middle) > p:
            high = middle
        else:
            low = middle
    return low


P = [1e-12, 1e-6, 0.001, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.975, 0.99, 0.999, 1 - 1e-6]
for p in P + [1e-300, 1e-30]:
    q = mpf(p)
    x = -mp.sqrt(2) * mp.erfinv(1 - 2 * q) if p > 1e-15 else -mp.findroot(
        lambda z: mp.log(mp.erfc(z / mp.sqrt(2)) / 2) - mp.log(q), mp.sqrt(-2 * mp.log(q)))
    line("normal_quantile", 0, p, 0, x if p > 1e-15 else x)
for df in (0.5, 1, 2, 3, 4.5, 10, 30, 100, 1000):
    for p in P:
        x = 2 * solve(lambda y: lower(mpf(df) / 2, y), mpf(p), df / 2)
        line("chi2_quantile", df, p, 0, x)


def t_above(t, df):
    return mp.betainc(mpf(df) / 2, mpf(1) / 2, 0, df / (df + t * t), regularized=True) / 2


for df in (1, 2, 3, 4.5, 9, 30, 200, 5000):
    for p in (1e-6, 0.001, 0.01, 0.025, 0.05, 0.1, 0.3, 0.45):
        x = solve(lambda t: -mp.log(t_above(t, mpf(df))), -mp.log(mpf(p)), 1)
        line("t_quantile", df, p, 0, -x)
