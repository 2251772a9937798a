#!/usr/bin/python3
"""A study of a real park ends in the same file whatever makes it: 1 or 2 threads, shards, interruptions.

    /usr/bin/python3 test_park_sweep.py ECOPARK ROOT

test_toy_sweep.py tries the sweep itself, with all its ways; this one shows that the park's runs, series
and points depend on nothing but the study.
"""
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from same_file import differences, same  # noqa: E402

ROOT = os.path.abspath(sys.argv.pop(2))
ECOPARK = os.path.abspath(sys.argv.pop(1))
STUDY = """format = 1;
park = "%s/configs/ulsan.cfg";
study = {
  designs = ( "base", "alone", "only_hysco" ); baseline = "alone";
  replications = { at_least = 2; at_most = 6; until = { response = "co2"; half_width = "0.1 %%"; }; };
  axes = {
    coal  = { path = "markets.fuel_trade.sells.coal.price"; range = "uniform(90000 KRW/t, 170000 KRW/t)"; sampler = "s"; };
    tubes = { path = "firms.hhi.processes.incinerator.failures.tubes.up.mean"; range = "uniform(300 h, 900 h)"; sampler = "s"; };
  };
  samplers  = { s = { method = "sobol"; points = 8; }; };
  responses = { co2 = { of = "environment.co2e"; }; cost = { of = "money.operating_cost"; unit = "million KRW/year"; };
                up = { of = "reliability.availability"; where = "hhi.incinerator"; }; };
  store = "all";
};
"""


class ParkSweep(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="ecopark_park_sweep_")
        cls.addClassCleanup(cls.folder.cleanup)
        with open(os.path.join(cls.folder.name, "bốn mùa.cfg"), "w", encoding="utf-8") as f:
            f.write(STUDY % ROOT)
        cls.call("sweep", "bốn mùa.cfg", "-o", "straight.h5", "--threads", "1")
        cls.straight = same(os.path.join(cls.folder.name, "straight.h5"))

    @classmethod
    def call(cls, *words, code=0):
        done = subprocess.run([ECOPARK, *words], cwd=cls.folder.name, capture_output=True, text=True, timeout=300,
                              check=False)
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def assert_same(self, name):
        """Not by assertEqual: what differs is told in a line, not in megabytes."""
        found = same(os.path.join(self.folder.name, name))
        self.assertEqual(differences(self.straight, found), [], "differ")
        self.assertGreater(len(found), 50)

    def test_two_threads_change_nothing(self):
        self.call("sweep", "bốn mùa.cfg", "-o", "two.h5", "--threads", "2")
        self.assert_same("two.h5")

    def test_four_shards_change_nothing(self):
        for i in (2, 4, 1, 3):
            self.call("sweep", "bốn mùa.cfg", "-o", "shards.h5", "--shard", f"{i}/4", "--threads", "2")
        self.call("merge", "shards.h5.parts", "-o", "shards.h5")
        self.assert_same("shards.h5")

    def start(self, rng, first=None):
        process = subprocess.Popen([ECOPARK, "sweep", "bốn mùa.cfg", "-o", "often.h5", "--threads",
                                    rng.choice(("1", "2"))], cwd=self.folder.name, preexec_fn=first,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        return process

    def test_ten_stops_and_ten_kills_change_nothing(self):
        rng = random.Random(5)
        killed = 0
        for _ in range(10):  # by a timer of its own processor time, so however busy the machine is
            span = rng.uniform(0.03, 0.15)
            killed += self.start(rng, lambda: signal.setitimer(signal.ITIMER_PROF, span)).wait() == -signal.SIGPROF
        self.assertGreater(killed, 3, "it is over too soon for this test")
        for _ in range(10):
            process = self.start(rng)
            process.stderr.readline()  # it has begun
            time.sleep(rng.uniform(0.0, 0.02))
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
            self.assertIn(process.wait(), (0, 75))
        self.call("sweep", "bốn mùa.cfg", "-o", "often.h5")
        self.assert_same("often.h5")


if __name__ == "__main__":
    unittest.main()
