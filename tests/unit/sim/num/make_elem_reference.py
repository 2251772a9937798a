#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes elem_reference.txt for test_elem.c with mpmath, at 200 bits:
/usr/bin/python3 make_elem_reference.py > elem_reference.txt

A line is "function x [y] hi lo": the true value is hi + lo ulp(hi), hi the nearest double. Points: all
scales, subnormals, next to 1 and 0, next to the limits, near the steps of the tables, and the
hardest of many random ones (the true value nearest to half-way between two doubles).
"""
import math
import random
import struct

from mpmath import mp, mpf

mp.prec = 200
random.seed(20260101)


def bits(b):
    return struct.unpack("<d", struct.pack("<Q", b))[0]


def nudge(x, n):
    for _ in range(abs(n)):
        x = math.nextafter(x, math.inf if n > 0 else -math.inf)
    return x


def value(f, args):
    return {"log": mp.log, "exp": mp.exp, "log1p": lambda x: mp.log1p(x),
            "expm1": mp.expm1, "pow": mp.power}[f](*[mpf(a) for a in args])


def split(v):
    """hi by exact rounding to the double grid, subnormals included; None when it overflows."""
    if v == 0:
        return 0.0, 0.0
    m, e = mp.frexp(abs(v))
    step = mp.ldexp(mpf(1), max(int(e) - 53, -1074))
    hi = mp.nint(v / step) * step
    if abs(hi) >= mp.ldexp(mpf(1), 1024):
        return None
    top = math.frexp(float(hi))[1]
    return float(hi), (v - hi) / mp.ldexp(mpf(1), max(top - 53, -1074))


def hardness(f, args):
    v = value(f, args)
    m, e = mp.frexp(abs(v))
    q = abs(v) / mp.ldexp(mpf(1), max(int(e) - 53, -1074))
    return abs(q - mp.floor(q) - mpf(0.5))


def emit(f, args):
    parts = split(value(f, args))
    if parts is not None:
        hi, lo = parts
        print(f, *[float(a).hex() for a in args], hi.hex(), float(lo).hex())


def hardest(f, draw, tries, keep):
    points = [draw() for _ in range(tries)]
    points.sort(key=lambda a: hardness(f, a))
    return points[:keep]


def steps_of(xs, spread):
    return [nudge(x, n) for x in xs for n in range(-spread, spread + 1)]


def log_points():
    pts = [random.uniform(0.5, 2) for _ in range(300)]
    pts += [bits(random.randrange(1, 0x7FF0000000000000)) for _ in range(500)]
    pts += [bits(random.randrange(1, 1 << random.randrange(1, 52))) for _ in range(150)]
    pts += steps_of([1.0], 40) + [1 + s * 2.0**-k for k in range(1, 53) for s in (1, -0.5)]
    pts += steps_of([bits(0x3FE6000000000000 + (i << 45)) for i in range(128)], 1)
    pts += [5e-324, 2.0**-1022, nudge(2.0**-1022, -1), 1.7976931348623157e308, 10.0, math.e]
    return [(x,) for x in pts if x > 0] + hardest("log", lambda: (random.uniform(0.5, 2),), 60000, 150)


def exp_points():
    pts = [random.uniform(-745, 709.7) for _ in range(500)]
    pts += [random.uniform(-745.1, -708) for _ in range(250)] + [random.uniform(-1, 1) for _ in range(300)]
    pts += [s * random.uniform(1, 2) * 2.0**-k for k in range(1, 60) for s in (1, -1)]
    pts += steps_of([(i + 0.5) * math.log(2) / 64 for i in range(-70, 70)], 1)
    pts += steps_of([709.782712893384, -708.3964185322641, -744.4400719213812], 5)
    pts += [0.0, 1.0, -1.0]
    return [(x,) for x in pts] + hardest("exp", lambda: (random.uniform(-2, 2),), 60000, 150)


def log1p_points():
    pts = [s * random.uniform(1, 2) * 2.0**-k for k in range(1, 70) for s in (1, -1) for _ in range(4)]
    pts += [bits(random.randrange(1, 0x7FF0000000000000)) for _ in range(200)]
    pts += [random.uniform(-1, 2) for _ in range(500)] + [-1 + 2.0**-k for k in range(1, 54)]
    pts += steps_of([2.0**-8, -2.0**-8], 5)
    return [(x,) for x in pts if x > -1] + hardest("log1p", lambda: (random.uniform(-0.1, 0.1),), 20000, 80)


def expm1_points():
    pts = [s * random.uniform(1, 2) * 2.0**-k for k in range(-5, 70) for s in (1, -1) for _ in range(5)]
    pts += [random.uniform(-40, 40) for _ in range(300)] + [random.uniform(-1, 1) for _ in range(600)]
    pts += [random.uniform(40, 709) for _ in range(50)]
    return [(x,) for x in pts] + hardest("expm1", lambda: (random.uniform(-1, 1),), 20000, 80)


def pow_points():
    pts = []
    while len(pts) < 1200:
        x = bits(random.randrange(1, 0x7FF0000000000000))
        y = random.uniform(-1, 1) * 740 / abs(math.log(x))
        pts.append((x, y))
    pts += [(random.uniform(0.5, 2), random.uniform(-100, 100)) for _ in range(400)]
    pts += [(1 + random.uniform(-1, 1) * 2.0**-k, 2.0**k * random.uniform(-500, 500))
            for k in range(10, 52) for _ in range(4)]
    pts += [(float(b), float(e)) for b in range(2, 12) for e in range(-15, 16) if e]
    pts += [(2.0, -1074.0), (2.0, 1023.0), (5e-324, 0.5), (1.7976931348623157e308, 1.0)]
    return [p for p in pts if p[0] != 1] + hardest(
        "pow", lambda: (random.uniform(0.1, 10), random.uniform(-10, 10)), 20000, 80)


for name, points in [("log", log_points()), ("exp", exp_points()), ("log1p", log1p_points()),
                     ("expm1", expm1_points()), ("pow", pow_points())]:
    for point in points:
        emit(name, point)
