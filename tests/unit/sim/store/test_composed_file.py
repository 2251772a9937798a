#!/usr/bin/python3
"""A file composed from parts, as xarray, h5py and ncdump see it. Usage: test_composed_file.py PROGRAM"""
import os
import subprocess
import sys
import tempfile
import unittest
import warnings

import h5py
import numpy
import xarray

PROGRAM = os.path.abspath(sys.argv.pop())
POINTS, REPLICATIONS, DAYS = 20, 4, 30


def fails(point, replication):
    return replication > 0 and (point * 5 + replication) % 13 == 0


class ComposedFile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = os.path.join(cls.folder.name, "r.h5")
        subprocess.run([PROGRAM, cls.path], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_xarray_opens_it(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error", xarray.SerializationWarning)
            with xarray.open_dataset(self.path) as ds:
                self.assertEqual(dict(ds.sizes)["run"], POINTS * REPLICATIONS)
                self.assertEqual(ds.sizes["point"], POINTS)
                self.assertEqual(ds.attrs["ended"], "complete")
                self.assertEqual(ds.profit.dims, ("run",))
                self.assertEqual(ds.level.dims, ("run", "place", "time"))
                self.assertEqual(ds.trucks.attrs["units"], "t/h")
                self.assertEqual(list(ds.run.values), list(range(POINTS * REPLICATIONS)))

    def test_runs_carry_the_values_of_their_points(self):
        with xarray.open_dataset(self.path) as ds:
            for name in ("trucks", "size", "design", "replication", "run_point", "status"):
                self.assertIn(name, ds.coords)
                self.assertEqual(ds[name].dims, ("run",))
            for name in ("point_trucks", "point_size", "point_design"):
                self.assertIn(name, ds.coords)
                self.assertEqual(ds[name].dims, ("point",))
            points = ds.run_point.values
            self.assertTrue((points == numpy.arange(POINTS * REPLICATIONS) // REPLICATIONS).all())
            self.assertTrue((ds.trucks.values == ds.point_trucks.values[points]).all())
            self.assertTrue((ds["size"].values == ds.point_size.values[points]).all())
            self.assertTrue((ds.design.values == ds.point_design.values[points]).all())
            self.assertEqual(set(ds.design.values), {"base", "không có ống"})

    def test_results_are_where_they_belong(self):
        with xarray.open_dataset(self.path) as ds:
            seen = 0
            for run in range(POINTS * REPLICATIONS):
                point, replication = divmod(run, REPLICATIONS)
                seen += fails(point, replication)
                self.assertEqual(int(ds.status[run]), fails(point, replication))
                if fails(point, replication):
                    self.assertTrue(numpy.isnan(ds.profit[run]))
                    self.assertTrue(numpy.isnan(ds.level[run]).all())
                else:
                    expected = point * 100 + replication + numpy.arange(DAYS)
                    self.assertTrue((ds.level.values[run, 1] == expected).all())
                    self.assertTrue(numpy.isnan(ds.level.values[run, 2]).all())
            self.assertGreater(seen, 2)
            ok = ds.profit.groupby(ds.run_point).mean()
            self.assertTrue(numpy.allclose(ok.values, ds.profit_mean.values, rtol=1e-14))
            self.assertEqual(int(ds.profit_n.sum()), POINTS * REPLICATIONS - seen)
            for point in range(POINTS):
                self.assertEqual(list(ds.present.values[point]), [int(k == point % 3) for k in range(3)])

    def test_failures_and_inputs_lie_in_their_groups(self):
        with h5py.File(self.path) as f:
            table = f["failures/table"][:]
            self.assertEqual([tuple(divmod(int(run), REPLICATIONS)) for run in table["run"]],
                             [(p, r) for p in range(POINTS) for r in range(REPLICATIONS) if fails(p, r)])
            self.assertEqual(table["reason"][0].decode(), "tank bürst")
            self.assertEqual(f["inputs/park"].asstr()[()], 'format = 1;\n"quoted"\n')
            self.assertEqual(f["execution"].attrs["wall_s"], 1.5)
            self.assertEqual(f.attrs["seed"], 2 ** 64 - 2)
        header = subprocess.run(["ncdump", "-h", self.path], capture_output=True, text=True, check=True).stdout
        self.assertIn("float level(run, place, time)", header)
        self.assertIn("string size(run)", header)
        self.assertNotRegex(header.split("group: failures")[0], "phony_dim")


if __name__ == "__main__":
    unittest.main()
