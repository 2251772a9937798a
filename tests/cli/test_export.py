#!/usr/bin/python3
"""The tables of `ecopark export` against what h5py reads of the same file.

    /usr/bin/python3 test_export.py ECOPARK ROOT TOY     (TOY: the program built from tests/support/toy_main.c)
"""
import csv
import math
import os
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy

TOY = os.path.abspath(sys.argv.pop(3))
ROOT = os.path.abspath(sys.argv.pop(2))
ECOPARK = os.path.abspath(sys.argv.pop(1))
TABLES = ["flows", "flows_by_run", "ledger", "nodes", "emissions", "held_back", "series", "runs"]


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory(prefix="ecopark_export_")
        cls.file = os.path.join(cls.kept.name, "park.h5")
        subprocess.run([ECOPARK, "run", f"{ROOT}/configs/first_park.cfg", "--replications", "3", "--quiet",
                        "--until", "2026-03-01", "-o", cls.file], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="ecopark_export_")
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def export(self, *words, file=None, code=0):
        done = subprocess.run([ECOPARK, "export", file or self.file, *words], capture_output=True, text=True)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}\n{done.stderr}")
        return done

    def table(self, what, *words):
        path = self.path(what + ".csv")
        self.export("--what", what, "-o", path, *words)
        with open(path, encoding="utf-8-sig", newline="") as f:
            return list(csv.DictReader(f))

    def test_flows_are_the_means_with_their_half_widths(self):
        rows = {f"{r['from']} > {r['to']}: {r['stream']}": r for r in self.table("flows")}
        with h5py.File(self.file) as f:
            labels = [text(v) for v in f["link_t"][()]]
            self.assertEqual(set(rows), set(labels))
            for i, label in enumerate(labels):
                row = rows[label]
                self.assertEqual(float(row["amount"]), f["flow_t_total_mean"][0, i], label)
                self.assertEqual(float(row["half_width_95"]), f["flow_t_total_half_width"][0, i], label)
                self.assertEqual((row["unit"], row["design"], row["runs"]), ("t", "base", "3"))
                self.assertEqual(row["kind"], text(f["link_t_kind"][i]))
        self.assertEqual(rows["mill > brick: sludge"]["exchange"], "sludge")

    def test_flows_by_run_and_one_run_of_them(self):
        rows = self.table("flows_by_run")
        with h5py.File(self.file) as f:
            totals = f["flow_t_total"][()]
        self.assertEqual(len(rows), totals.size)
        self.assertEqual([float(r["amount"]) for r in rows], list(totals.ravel()))
        only = self.table("flows_by_run", "--run", "2")
        self.assertEqual(only, [r for r in rows if r["run"] == "2"])
        self.assertNotEqual(totals[2].tolist(), totals[1].tolist())  # or the line above would show nothing

    def test_ledger_has_units_in_its_heading(self):
        rows = self.table("ledger")
        with h5py.File(self.file) as f:
            ledger = f["ledger"]
            self.assertEqual(len(rows), ledger["money"].size)
            for r, value in zip(rows, ledger["money"][()].ravel()):
                self.assertEqual(float(r["money [VND]"]), value)
            for r, value in zip(rows, ledger["energy"][()].ravel()):
                self.assertEqual(r["energy [GJ]"] == "", math.isnan(value))

    def test_nodes_sum_what_crosses_their_fence(self):
        rows = {r["node"]: r for r in self.table("nodes")}
        with h5py.File(self.file) as f:
            g = f["ledger"]
            ends = [(text(a), text(b)) for a, b in zip(g["entry_from"][()], g["entry_to"][()])]
            mass = g["mass"][()].mean(axis=0)
            money = g["money"][()].mean(axis=0)
            running = f["running"][()].sum(axis=2).mean(axis=0)
            units = [text(v) for v in f["unit"][()]]
            level = f["stock_t_end"][()].mean(axis=0)
        into = sum(m for (a, b), m in zip(ends, mass) if b == "mill" and not a.startswith("mill"))
        self.assertAlmostEqual(float(rows["mill"]["mass in [t]"]) / into, 1, delta=1e-12)
        paid = -sum(m for (a, b), m in zip(ends, money) if b == "landfill")
        self.assertGreater(paid, 0)
        self.assertAlmostEqual(float(rows["landfill"]["earned [VND]"]) / paid, 1, delta=1e-12)
        self.assertEqual(float(rows["landfill"]["paid [VND]"]), 0)
        self.assertEqual((rows["mill"]["latitude [deg]"], rows["mill.yard"]["longitude [deg]"]), ("10.9033", "106.845"))
        self.assertEqual((rows["mill.yard"]["type"], rows["mill.yard"]["party"]), ("stock", "mill"))
        self.assertAlmostEqual(float(rows["mill.yard"]["level end"]), level[0], delta=1e-9)
        self.assertEqual(rows["mill.yard"]["level unit"], "t")
        for unit, hours in zip(units, running):
            self.assertAlmostEqual(float(rows[unit]["running [h]"]) / hours, 1, delta=1e-6)

    def test_emissions_add_up_to_the_park(self):
        rows = self.table("emissions")
        with h5py.File(self.file) as f:
            booked = numpy.nansum(f["ledger/co2e"][()], axis=1).mean()
        park = rows.pop()
        scopes = [f"scope {i} [t]" for i in (1, 2, 3)]
        self.assertEqual(park["party"], "(the park, each tonne once)")
        self.assertGreater(booked, 0)
        self.assertAlmostEqual(sum(float(park[s]) for s in scopes) / booked, 1, delta=1e-12)
        for s in scopes:
            self.assertAlmostEqual(sum(float(r[s]) for r in rows), float(park[s]), delta=1e-9)

    def test_held_back_tells_what_was(self):
        rows = {(r["process"], r["cause"]): r for r in self.table("held_back")}
        with h5py.File(self.file) as f:
            g = f["held_back"]
            at = ([text(v) for v in g["process"][()]].index("brick.kiln"),
                  [text(v) for v in g["cause"][()]].index("mill.machine: its capacity"))
            amount = g["amount"][()].mean(axis=0)[at]
            some = (g["hours"][()].mean(axis=0) > 0).sum()
        row = rows["brick.kiln", "mill.machine: its capacity"]
        self.assertEqual(len(rows), some)
        self.assertEqual((row["unit"], row["stream"]), ("t", "bricks"))
        self.assertAlmostEqual(float(row["amount"]) / amount, 1, delta=1e-12)

    def test_series_give_local_time_and_read_back_the_same(self):
        rows = self.table("series")
        with h5py.File(self.file) as f:
            flow = f["flow_t"][()]
            level = f["level_t"][()]
            label = "flow " + text(f["link_t"][3]) + " [t]"
        times = flow.shape[2]
        self.assertEqual(len(rows), 3 * times)
        self.assertEqual((rows[0]["from"], rows[times - 1]["to"]), ("2026-01-01 00:00", "2026-03-01 00:00"))
        for i, r in enumerate(rows):
            self.assertEqual(numpy.float32(r[label]), flow[i // times, 3, i % times])
            self.assertEqual(numpy.float32(r["level mill.yard [t]"]), level[i // times, 0, i % times + 1])

    def test_runs_say_how_they_ended(self):
        rows = self.table("runs")
        self.assertEqual([r["run"] for r in rows], ["0", "1", "2"])
        self.assertEqual({r["status"] for r in rows}, {"ok"})
        self.assertTrue(all(int(r["events"]) > 100 for r in rows))

    def test_all_tables_go_beside_the_file_or_into_a_folder(self):
        self.export()
        beside = sorted(n for n in os.listdir(self.kept.name) if n.endswith(".csv"))
        self.assertEqual(beside, sorted(f"park_{t}.csv" for t in TABLES))
        self.export("-o", self.path("deep/tables"))
        self.assertEqual(sorted(os.listdir(self.path("deep/tables"))), sorted(f"{t}.csv" for t in TABLES))
        with open(self.path("deep/tables/runs.csv"), "rb") as f:
            self.assertTrue(f.read().startswith(b"\xef\xbb\xbfrun,"))
        out = self.export("--what", "runs", "-o", "-").stdout
        self.assertTrue(out.startswith("run,"))

    def test_letters_beyond_ascii_survive_with_mark_and_without(self):
        toy = self.path("toy.h5")
        with open(self.path("park"), "w", encoding="utf-8") as f:
            f.write("title = Khu\ndays = 20\n")
        subprocess.run([TOY, "run", self.path("park"), "--quiet", "-o", toy], check=True)
        head = self.export("--what", "series", "-o", "-", file=toy).stdout.splitlines()[0]
        self.assertIn("way Biên Hòa [km]", head)
        for words, mark in (([], True), (["--no-mark"], False)):
            self.export("--what", "series", "-o", self.path("x.csv"), *words, file=toy)
            with open(self.path("x.csv"), "rb") as f:
                self.assertEqual(f.read().decode("utf-8").splitlines()[0], ("\ufeff" if mark else "") + head)

    def test_what_is_not_there_is_said(self):
        bare = self.path("bare.h5")
        subprocess.run([ECOPARK, "run", f"{ROOT}/configs/first_park.cfg", "--quiet", "--until", "2026-01-05",
                        "--set", 'park.record.what=("levels")', "-o", bare], check=True)
        self.assertNotIn("flow", self.export("--what", "series", "-o", "-", file=bare).stdout)
        self.assertIn("did you mean 'series'", self.export("--what", "serie", code=2).stderr)
        self.assertIn("one table", self.export("-o", self.path("x.csv"), code=2).stderr)
        self.assertIn("no such run", self.export("--run", "7", code=2).stderr)
        self.assertIn("no such file", self.export(file=self.path("nope.h5"), code=66).stderr)
        self.assertIn("not an HDF5 file", self.export(file=f"{ROOT}/configs/first_park.cfg", code=65).stderr)
        self.assertIn("is a file, not a folder", self.export("-o", self.file, code=73).stderr)

    def test_nothing_half_written_on_a_full_disk(self):
        done = subprocess.run(["bash", "-c", f"ulimit -f 8; exec '{ECOPARK}' export '{self.file}' -o '{self.path('t')}'"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 73, done.stderr)
        self.assertEqual(os.listdir(self.path("t")), [])


if __name__ == "__main__":
    unittest.main()
