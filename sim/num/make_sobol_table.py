#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes sobol_table.h (for sobol.c): /usr/bin/python3 make_sobol_table.py > sobol_table.h

The numbers are those of S. Joe and F. Y. Kuo, new-joe-kuo-6 (property D(6); SIAM J. Sci. Comput.
30, 2635-2654, 2008), as Debian's python3-scipy ships them (scipy/stats/_sobol_direction_numbers.npz).
Both are under the 3-clause BSD licence. Only the first DIMENSIONS of 21,201 are taken.
"""
import os

import numpy
import scipy.stats

DIMENSIONS = 1024

HEAD = '''// Made by make_sobol_table.py from python3-scipy; do not edit.
// Direction numbers new-joe-kuo-6 of Stephen Joe and Frances Y. Kuo (SIAM J. Sci. Comput. 30,
// 2635-2654, 2008), dimensions 1 to %d (counted from 0; dimension 0 needs none).
//
// Copyright (c) 2008, Frances Y. Kuo and Stephen Joe. All rights reserved.
//
// Redistribution and use in source and binary forms, with or without modification, are permitted
// provided that the following conditions are met: (1) Redistributions of source code must retain
// the above copyright notice, this list of conditions and the following disclaimer. (2)
// Redistributions in binary form must reproduce the above copyright notice, this list of conditions
// and the following disclaimer in the documentation and/or other materials provided with the
// distribution. (3) Neither the names of the copyright holders nor the names of the University of
// New South Wales and the University of Waikato and its contributors may be used to endorse or
// promote products derived from this software without specific prior written permission.
//
// THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR
// IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND
// FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDERS OR
// CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
// DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
// DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY,
// WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY
// WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
#ifndef SIM_NUM_SOBOL_TABLE_H
#define SIM_NUM_SOBOL_TABLE_H

#include <stdint.h>

// clang-format off

// Primitive polynomials: bit k is the coefficient of x^k.'''


def rows(name, numbers):
    print("static const uint16_t %s[%d] = {" % (name, len(numbers)))
    line = "   "
    for n in numbers:
        word = " %d," % n
        if len(line) + len(word) > 99:
            print(line)
            line = "   "
        line += word
    print(line)
    print("};")


def main():
    path = os.path.join(os.path.dirname(scipy.stats.__file__), "_sobol_direction_numbers.npz")
    data = numpy.load(path)
    polynomials = [int(p) for p in data["poly"][1:DIMENSIONS]]
    starts = [[int(m) for m in data["vinit"][d][: int(data["poly"][d]).bit_length() - 1]]
              for d in range(1, DIMENSIONS)]
    print(HEAD % (DIMENSIONS - 1))
    rows("sobol_polynomials", polynomials)
    print("\n// The first numbers m_1 .. m_s of each, one polynomial of degree s after the other.")
    rows("sobol_starts", [m for row in starts for m in row])
    print("\n// clang-format on\n\n#endif")


main()
