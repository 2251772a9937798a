#!/usr/bin/python3
"""scripts/check_calls.py finds calls that nobody looks at, and lets the others be."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path("scripts/check_calls.py").resolve()
GOOD = """void f(struct sim_h5 *h, hid_t id)
{
    // H5Dclose(id);
    (void)SIM_H5_OK(h, "write", "x(", H5Dwrite(id, a, b, c, d, e));
    const hid_t space = SIM_H5_ID(h, "read", what(h),
                                  H5Dget_space(id));
    if (H5Tget_class(id) == H5T_STRING) {
        sim_h5_release(h, space);
    }
}
"""
PLANTED = {"    (void)H5Dclose(id);\n": "H5Dclose", "    H5Pset_shuffle(id);\n": "H5Pset_shuffle",
           "    const hid_t x = H5Screate(H5S_SCALAR);\n": "H5Screate", "    (void)H5Tget_class(id);\n": "H5Tget_class",
           "    (void)fsync(3);\n": "fsync", '    (void)fopen("x", "w");\n': "fopen"}


class CheckCalls(unittest.TestCase):
    def check(self, text):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder, "sim/store")
            place.mkdir(parents=True)
            (place / "x.c").write_text(text)
            return subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True)

    def test_calls_that_are_looked_at_are_let_be(self):
        done = self.check(GOOD)
        self.assertEqual((done.returncode, done.stdout), (0, "all calls are looked at\n"))

    def test_each_that_is_not_is_named_with_its_line(self):
        for line, call in PLANTED.items():
            done = self.check(GOOD.replace("{\n", "{\n" + line, 1))
            self.assertEqual(done.returncode, 1, line)
            self.assertIn(f"sim/store/x.c:3: {call}: ", done.stdout)


if __name__ == "__main__":
    unittest.main()
