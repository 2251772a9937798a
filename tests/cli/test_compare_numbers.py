#!/usr/bin/python3
"""`ecopark compare` of a study that `ecopark sweep` made, against what numpy makes of the same file.

    /usr/bin/python3 test_compare_numbers.py ECOPARK ROOT
"""
import json
import math
import os
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy

ROOT = os.path.abspath(sys.argv.pop(2))
ECOPARK = os.path.abspath(sys.argv.pop(1))

STUDY = """
format = 1;
park = "PARK";
study = {
  title = "Thử";
  designs = ( "base", "large", "closed" );  baseline = "closed";
  replications = 3;  random = "RANDOM";
  axes = {
    size = { path = "links.main.capacity"; values = ( "10 t/h", "12 t/h" ); };
    AXIS
  responses = {
    cost   = { of = "money.operating_cost"; unit = "thousand EUR/year"; title = "chi phí"; };
    co2    = { of = "environment.co2e"; where = "mill"; };
    steam  = { of = "flows.delivered"; stream = "steam"; unit = "t"; };
    up     = { of = "reliability.availability"; where = "main"; unit = "%"; };
  };
  store = "responses";
};
"""
SAMPLED = """
    coal = { path = "markets.shop.sells.coal.price"; range = "uniform(80 EUR/t, 120 EUR/t)"; sampler = "some"; };
  };
  samplers = { some = { method = "lhs"; points = 5; seed = 3; }; };"""
LISTED = "};"
DESIGNS = """
designs = {
  large  = { set = ( "utilities.plant.units.hrb.capacity = 20 t/h" ); };
  closed = { set = ( "exchanges.*.open = false" ); };
};
"""


def t_quantile(p, df):
    """By the integral of the density: nothing of the program's own."""
    x, w = numpy.polynomial.legendre.leggauss(400)
    scale = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)

    def cdf(t):
        u = 0.5 * t * (x + 1)
        return 0.5 + 0.5 * t * float(numpy.sum(w * scale * (1 + u * u / df) ** (-(df + 1) / 2)))

    low, high = 0.0, 200.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if cdf(middle) < p else (low, middle)
    return low


def interval(values, level):
    values = numpy.array(values)
    n = len(values)
    return values.mean(), t_quantile(0.5 + level / 2, n - 1) * values.std(ddof=1) / math.sqrt(n)


def crossed(table, level):
    """Interval of the mean of units x replications that share the luck of each replication."""
    x = numpy.array(table)
    units, replications = x.shape
    m, by_unit, by_replication = x.mean(), x.mean(axis=1), x.mean(axis=0)
    ms_unit = replications * ((by_unit - m) ** 2).sum() / (units - 1)
    ms_replication = units * ((by_replication - m) ** 2).sum() / (replications - 1)
    rest = ((x - by_unit[:, None] - by_replication[None, :] + m) ** 2).sum() / ((units - 1) * (replications - 1))
    if ms_replication <= rest:
        return interval(by_unit, level)
    variance = ms_unit + ms_replication - rest
    df = variance**2 / (ms_unit**2 / (units - 1) + ms_replication**2 / (replications - 1)
                        + rest**2 / ((units - 1) * (replications - 1)))
    return m, t_quantile(0.5 + level / 2, df) * math.sqrt(variance / (units * replications))


class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="ecopark_compare_")
        park = os.path.join(cls.folder.name, "park.cfg")
        with open(f"{ROOT}/tests/data/park_runs/shared_steam.cfg", encoding="utf-8") as file:
            text = file.read().replace('until = "2027-03-01"', 'until = "2026-06-01"')
        with open(park, "w", encoding="utf-8") as file:
            file.write(text + DESIGNS)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def sweep(self, name, axis, random, replications=3):
        study = os.path.join(self.folder.name, name + ".cfg")
        results = os.path.join(self.folder.name, name + ".h5")
        if os.path.exists(results):
            return results
        with open(study, "w", encoding="utf-8") as file:
            file.write(STUDY.replace("PARK", "park.cfg").replace("AXIS", axis).replace("RANDOM", random)
                       .replace("replications = 3", f"replications = {replications}"))
        subprocess.run([ECOPARK, "sweep", study, "-o", results, "--threads", "2"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return results

    def ask(self, results, *options):
        out = subprocess.run([ECOPARK, "compare", results, "--json", *options], check=True, capture_output=True)
        return json.loads(out.stdout)

    def values(self, results, name):
        """{(design, axis values): {replication: value}}"""
        with h5py.File(results) as file:
            axes = sorted(n for n in file if n.startswith("point_") and n not in ("point_design",))
            table = {}
            for run, point in enumerate(file["run_point"][:]):
                key = (file["point_design"][point].decode(),) + tuple(float(file[a][point]) for a in axes)
                table.setdefault(key, {})[int(file["replication"][run])] = float(file[name][run])
            return [a[len("point_"):] for a in axes], table

    def check_rows(self, results, rows, name, units_of, level, is_crossed=False):
        """`units_of` gives each (axis values, replication) what counts once; rows may be of one group."""
        axes, table = self.values(results, name)
        for row in rows:
            by = row.get("by", {})
            sums, bases = {}, {}  # by unit, then by replication: values of all combinations
            for key, runs in table.items():
                if key[0] != row["design"] or any(key[1 + axes.index(a)] != v for a, v in by.items()):
                    continue
                partner = table[("closed",) + key[1:]]
                for replication, value in runs.items():
                    unit = units_of(dict(zip(axes, key[1:])), replication)
                    sums.setdefault(unit, {}).setdefault(replication, []).append(value)
                    bases.setdefault(unit, {}).setdefault(replication, []).append(partner[replication])
            own = [[numpy.mean(v) for _, v in sorted(sums[u].items())] for u in sorted(sums)]
            theirs = [[numpy.mean(v) for _, v in sorted(bases[u].items())] for u in sorted(bases)]
            differences = numpy.array(own) - numpy.array(theirs)
            width_of = crossed if is_crossed else lambda x, level: interval(numpy.mean(x, axis=1), level)
            mean, width = width_of(own, level)
            self.assertEqual(row["n"], len(own))
            self.assertAlmostEqual(row["mean"], mean, delta=1e-9 * abs(mean))
            self.assertAlmostEqual(row["half_width"], width, delta=1e-7 * width + 1e-9 * abs(mean))
            if row["design"] == "closed":
                self.assertEqual(row["verdict"], "baseline")
                continue
            mean, width = width_of(differences, level)
            base = numpy.mean(theirs)
            scale = max(abs(base), numpy.abs(own).max())
            self.assertAlmostEqual(row["difference"], mean, delta=1e-9 * scale)
            self.assertAlmostEqual(row["difference_half_width"], width, delta=1e-7 * width + 1e-9 * scale)
            if base != 0:
                self.assertAlmostEqual(row["relative"], mean / abs(base), delta=1e-9)
            clear = abs(mean) > width and (differences != 0).any()
            self.assertEqual(row["verdict"] in ("better", "worse", "higher", "lower"), clear)

    def test_sampled_points_count_once(self):
        results = self.sweep("sampled", SAMPLED, "common")
        for level in (0.95, 0.8):
            told = self.ask(results, "--level", str(100 * level))
            self.assertEqual(told["baseline"], "closed")
            self.assertEqual([r["name"] for r in told["responses"]], ["cost", "co2", "steam", "up"])
            for response in told["responses"]:
                self.assertEqual(len(response["rows"]), 3)
                self.check_rows(results, response["rows"], response["name"], lambda a, r: a["coal"], level, True)

    def test_listed_axes_give_rows(self):
        results = self.sweep("sampled", SAMPLED, "common")
        told = self.ask(results, "--by", "size", "--response", "steam")
        self.assertEqual(len(told["responses"][0]["rows"]), 6)
        self.check_rows(results, told["responses"][0]["rows"], "steam", lambda a, r: a["coal"], 0.95, True)

    def test_replications_count_without_samplers(self):
        results = self.sweep("listed", LISTED, "common")
        for response in self.ask(results)["responses"]:
            self.check_rows(results, response["rows"], response["name"], lambda a, r: r, 0.95)

    def test_antithetic_pairs_count_once(self):
        results = self.sweep("pairs", LISTED, "antithetic", 8)
        for response in self.ask(results)["responses"]:
            self.check_rows(results, response["rows"], response["name"], lambda a, r: r // 2, 0.95)

    def test_the_baseline_may_be_another(self):
        results = self.sweep("listed", LISTED, "common")
        told = self.ask(results, "--baseline", "large", "--response", "cost")
        verdicts = {r["design"]: r["verdict"] for r in told["responses"][0]["rows"]}
        self.assertEqual(verdicts["large"], "baseline")

    def test_table_says_where_designs_have_other_axis_values(self):
        words = "means of a design are over its own axis values; differences over those it shares with the baseline"
        only = LISTED + """
  only_if = ( "design != large or size > 11 t/h" );"""
        for name, axis, options, wanted in (("listed", LISTED, (), 0), ("only", only, (), 4),
                                            ("only", only, ("--by", "size"), 0)):
            results = self.sweep(name, axis, "common")
            out = subprocess.run([ECOPARK, "compare", results, *options], check=True, capture_output=True, text=True)
            self.assertEqual(out.stdout.count(words), wanted, out.stdout)

    def test_wrong_words_name_the_nearest(self):
        results = self.sweep("sampled", SAMPLED, "common")
        for options, words in (
            (["--baseline", "larg"], "did you mean 'large'?"),
            (["--response", "cst"], "did you mean 'cost'?"),
            (["--by", "siz"], "did you mean 'size'?"),
            (["--by", "coal"], "is sampled"),
            (["--by", "nope"], "the file has no axis 'nope'; it has size, coal"),
            (["--baseline", "nothing"], "the file has no design 'nothing'; it has base, large, closed"),
            (["--level", "100"], "say a percentage"),
        ):
            out = subprocess.run([ECOPARK, "compare", results, *options], capture_output=True, text=True)
            self.assertEqual(out.returncode, 2, options)
            self.assertIn(words, out.stderr)


if __name__ == "__main__":
    unittest.main()
