#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes elem_table.h (for elem.c) with mpmath: /usr/bin/python3 make_elem_table.py > elem_table.h

log: for each of 128 steps of the mantissa z in [0.6875, 1.375), inv is 1/(middle) rounded to 9
bits behind the point (exactly 1 for the steps that touch 1), and hi + lo = -log(inv), hi a
multiple of 2^-42 so that k ln2_hi + hi is exact. exp: 2^(j/64) = hi + lo.
"""
from mpmath import mp, mpf, log, nint, ldexp

mp.prec = 200
OFF = 0x3FE6000000000000


def hexf(x):
    return float(x).hex()


def split(x, bits):
    """x = hi + lo with hi a multiple of 2^-bits."""
    hi = ldexp(nint(ldexp(x, bits)), -bits)
    return hi, x - hi


def log_row(i):
    # step i: bits OFF + i 2^45 .. ; for z >= 1 the exponent field carries over by itself
    import struct
    lo_bits = OFF + (i << 45)
    a, b = (mpf(struct.unpack("<d", struct.pack("<Q", x))[0]) for x in (lo_bits, lo_bits + (1 << 45)))
    inv = mpf(1) if a == 1 or b == 1 else ldexp(nint(ldexp(2 / (a + b), 9)), -9)
    hi, lo = split(-log(inv), 42)
    return "{%s, %s, %s}" % (hexf(inv), hexf(hi), hexf(lo))


def exp_row(j):
    x = mpf(2) ** (mpf(j) / 64)
    hi = mpf(float(x))
    return "{%s, %s}" % (hexf(hi), hexf(x - hi))


ln2 = log(mpf(2))
hi, lo = split(ln2, 42)
step_hi, step_lo = split(ln2 / 64, 40)
print("// SPDX-License-Identifier: MIT")
print("// Made by make_elem_table.py; do not edit. Included by elem.c only.")
print("// clang-format off")
print("#ifndef SIM_NUM_ELEM_TABLE_H\n#define SIM_NUM_ELEM_TABLE_H\n")
print("static const double ln2_hi = %s; // multiple of 2^-42\nstatic const double ln2_lo = %s;" % (hexf(hi), hexf(lo)))
print("static const double step_hi = %s; // ln2 / 64, multiple of 2^-40\nstatic const double step_lo = %s;" % (hexf(step_hi), hexf(step_lo)))
print("static const double steps_per_one = %s; // 64 / ln2\n" % hexf(64 / ln2))
print("static const struct { double inv, hi, lo; } log_table[128] = {")
print(",\n".join("    " + log_row(i) for i in range(128)) + "};\n")
print("static const struct { double hi, lo; } exp_table[64] = {")
print(",\n".join("    " + exp_row(j) for j in range(64)) + "};\n")
print("#endif")
