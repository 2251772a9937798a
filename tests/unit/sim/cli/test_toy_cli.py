#!/usr/bin/python3
"""The commands of the engine around the toy model, and what other programs read of its results.

    /usr/bin/python3 test_toy_cli.py TOY     (the program built from tests/support/toy_main.c)
"""
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import warnings

import h5netcdf
import h5py
import numpy
import xarray

TOY = os.path.abspath(sys.argv.pop(1))
TITLE = "Khu sinh thái Biên Hòa"


def fingerprint(path):
    """Everything in a file but /execution: names, types, attributes, values."""
    found = []

    def attrs(thing):
        # references to other objects (dimension scales) are shown by ncdump instead
        return [(k, str(v)) for k, v in thing.attrs.items() if k not in ("DIMENSION_LIST", "REFERENCE_LIST")]

    def visit(name, thing):
        if name.startswith("execution"):
            return
        data = thing[()] if isinstance(thing, h5py.Dataset) else None
        raw = data.tobytes() if isinstance(data, numpy.ndarray) and data.dtype.kind in "fiu" else str(data)
        layout = (thing.dtype.str, thing.shape, thing.chunks) if isinstance(thing, h5py.Dataset) else ()
        found.append((name, attrs(thing), layout, raw))

    with h5py.File(path) as f:
        found.append(("/", attrs(f)))
        f.visititems(visit)
    return found


class Toy(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="ecopark_toy_")
        self.addCleanup(self.folder.cleanup)
        self.write("park", f"title = {TITLE}\ndays = 20\n")

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)

    def toy(self, *words, code=0, **options):
        done = subprocess.run([TOY, *words], cwd=self.folder.name, capture_output=True, text=True, timeout=120,
                              **options)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}\n{done.stderr}")
        return done

    def run_toy(self, *words, **options):
        return self.toy("run", "park", "-o", "r.h5", *words, **options)

    def start(self, *words, **options):
        """A run of the park; what it says and does is to be seen while it goes on."""
        self.aside = tempfile.TemporaryDirectory(prefix="ecopark_aside_")
        self.addCleanup(self.aside.cleanup)
        with open(os.path.join(self.aside.name, "said"), "w", encoding="utf-8") as said:
            return subprocess.Popen([TOY, "run", "park", "-o", "r.h5", *words], cwd=self.folder.name,
                                    stdout=subprocess.DEVNULL, stderr=said, **options,
                                    env={**os.environ, "TOY_LOG": os.path.join(self.aside.name, "log")})

    def text_aside(self, name):
        path = os.path.join(self.aside.name, name)
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8") as f:
            return f.read()

    def wait_for(self, process, words, name="log"):
        """Until a run begins or ends (log), or the program says something (said)."""
        until = time.time() + 100
        while words not in self.text_aside(name):
            self.assertIsNone(process.poll(), self.text_aside("said"))
            self.assertLess(time.time(), until, f"no '{words}' in\n{self.text_aside(name)}")
            time.sleep(0.01)

    def end_of(self, process, code):
        """What it said."""
        self.assertEqual(process.wait(timeout=100), code, self.text_aside("said"))
        return self.text_aside("said")

    # ---- what others read ----

    def test_xarray_reads_dimensions_local_time_units_and_labels(self):
        self.run_toy("--replications", "3", "--set", "title=" + TITLE)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with xarray.open_dataset(self.path("r.h5")) as ds:
                self.assertEqual(dict(ds.sizes), {"run": 3, "point": 1, "time": 20, "instant": 21, "bound": 2,
                                                  "place": 3, "nowhere": 0})
                self.assertEqual(ds.lost.shape, (3, 0))
                self.assertEqual(ds.way.dims, ("run", "place", "time"))
                self.assertEqual(ds.level.dims, ("run", "place", "instant"))
                self.assertEqual(list(ds.place.values), ["Biên Hòa", "Đồng Nai", "vườn"])
                self.assertEqual(str(ds.time.values[1]), "2026-01-02T00:00:00.000000000")
                self.assertEqual(str(ds.instant.values[-1]), "2026-01-21T00:00:00.000000000")
                self.assertEqual(str(ds.time_bounds.values[0, 1]), "2026-01-02T00:00:00.000000000")
                self.assertEqual(ds.time.attrs["utc_offset"], "+07:00")
                self.assertEqual(ds.time.attrs["bounds"], "time_bounds")
                self.assertEqual(ds.way.attrs["units"], "km")
                self.assertEqual(ds.way.attrs["cell_methods"], "time: sum")
                self.assertEqual(ds.way.dtype, numpy.float32)
                self.assertEqual(ds.attrs["title"], TITLE)
                self.assertEqual(ds.attrs["Conventions"], "CF-1.10")
                for name in ("design", "replication", "run_point", "status", "area"):
                    self.assertIn(name, ds.coords)
                self.assertEqual(list(ds.design.values), ["base"] * 3)
                self.assertEqual(ds.status.attrs["flag_meanings"], "ok failed skipped")
                # series sum up to the totals, which sum up to the response
                numpy.testing.assert_allclose(ds.way.sum("time")[:, :2], ds.walked[:, :2], rtol=1e-6)
                numpy.testing.assert_allclose(ds.walked.sum("place"), ds.distance, rtol=1e-14)
                numpy.testing.assert_allclose(ds.distance.mean(), ds.distance_mean[0], rtol=1e-15)
                half = 4.302652729911275 * ds.distance.values.std(ddof=1) / 3**0.5
                numpy.testing.assert_allclose(ds.distance_half_width.values, [half], rtol=1e-9)
                self.assertEqual(list(ds.walked_n.values[0]), [3, 3, 1])
                self.assertTrue(numpy.isnan(ds.way.values[:, 2]).all())  # absent: NaN, never 0
                self.assertEqual(list(numpy.isnan(ds.walked.values[:, 2])), [True, False, True])
                self.assertEqual(list(ds.present.values[0]), [1, 1, 0])

    def test_both_engines_of_xarray_agree(self):
        self.run_toy("--replications", "3")
        with xarray.open_dataset(self.path("r.h5"), engine="netcdf4") as one:
            with xarray.open_dataset(self.path("r.h5"), engine="h5netcdf") as other:
                xarray.testing.assert_identical(one.drop_vars("place"), other.drop_vars("place"))
                self.assertEqual(list(one.place.values), list(other.place.values))

    def test_groups_carry_their_own_scales(self):
        self.run_toy("--replications", "2")
        with xarray.open_dataset(self.path("r.h5"), group="ledger") as ledger:
            self.assertEqual(ledger.quantity.dims, ("run", "entry"))
            self.assertIn("run", ledger.coords)

    def test_h5netcdf_h5py_and_ncdump_read_it(self):
        self.run_toy("--replications", "2", "--set", "fail_at=1", code=1)
        with h5netcdf.File(self.path("r.h5"), "r") as f:
            self.assertEqual(f.variables["way"].dimensions, ("run", "place", "time"))
            self.assertTrue(f.dimensions["run"].isunlimited())
        with h5py.File(self.path("r.h5")) as f:
            self.assertEqual(f.attrs["NX_class"], b"NXdata")
            self.assertEqual(f.attrs["signal"], b"way")
            self.assertEqual(list(f.attrs["axes"]), [b"run", b"place", b"time"])
            self.assertEqual(f["way"].compression, "gzip")
            self.assertTrue(f["way"].shuffle)
            self.assertEqual(f["way"].chunks, (1, 3, 20))
            self.assertEqual(f["inputs/park"].asstr()[()], "days = as resolved\n")
            self.assertEqual(list(f["inputs"].attrs["files"]), [b"toy.txt"])
            self.assertIn("wall_s", f["execution"].attrs)
            failed = f["failures/table"][0]
            self.assertEqual((failed["run"], failed["reason"].decode()), (1, "lost its way in Đồng Nai"))
            self.assertEqual(failed["time"].decode(), "2026-01-11 00:00")
        header = subprocess.run(["ncdump", "-h", self.path("r.h5")], capture_output=True, text=True, check=True)
        self.assertIn("float way(run, place, time)", header.stdout)
        self.assertIn("run = UNLIMITED ; // (2 currently)", header.stdout)
        self.assertNotRegex(header.stdout.split("group: failures")[0], "phony_dim")
        values = subprocess.run(["ncdump", "-v", "place", self.path("r.h5")], capture_output=True, text=True,
                                check=True)
        self.assertIn('place = "Biên Hòa", "Đồng Nai", "vườn"', values.stdout)

    def test_threads_change_nothing_outside_execution(self):
        self.run_toy("--replications", "20", "--threads", "1")
        one = fingerprint(self.path("r.h5"))
        self.run_toy("--replications", "20", "--threads", "2")
        self.assertEqual(one, fingerprint(self.path("r.h5")))
        self.assertGreater(len(one), 25)
        self.run_toy("--replications", "20", "--seed", "7")
        self.assertNotEqual(one, fingerprint(self.path("r.h5")))

    def test_no_object_carries_a_time_and_order_is_tracked(self):
        self.run_toy("--replications", "2", "--set", "fail_at=1", code=1)

        def check(name, thing):
            plist = thing.id.get_create_plist()
            if isinstance(thing, h5py.Dataset):
                self.assertFalse(plist.get_obj_track_times(), name)
            else:
                self.assertEqual(plist.get_link_creation_order(), 3, name)
            self.assertEqual(plist.get_attr_creation_order(), 3, name)

        with h5py.File(self.path("r.h5")) as f:
            f.visititems(lambda name, thing: check(name, thing) if not isinstance(thing, h5py.Datatype) else None)
            check("/", f["/"])

    # ---- interruptions ----

    def test_kill_leaves_no_file_under_the_final_name(self):
        process = self.start("--set", "sleep_ms=20", "--replications", "5000")
        self.wait_for(process, "begin")
        process.kill()
        process.wait()
        self.assertFalse(os.path.exists(self.path("r.h5")))
        self.run_toy()  # and the leftover does not disturb the next run
        self.assertEqual(os.listdir(self.folder.name).count("r.h5.part"), 0)

    def test_term_lets_running_ones_finish(self):
        process = self.start("--set", "sleep_ms=5", "--replications", "2000", "--threads", "2")
        self.wait_for(process, "end")
        process.send_signal(signal.SIGTERM)
        said = self.end_of(process, 75)
        self.assertIn("no new run starts; once more stops the running ones", said)
        with xarray.open_dataset(self.path("r.h5")) as ds:
            self.assertEqual(ds.attrs["ended"], "stopped")
            status = list(ds.status.values)
            made = status.count(0)
            self.assertTrue(0 < made < 2000)
            self.assertEqual(status, [0] * made + [2] * (2000 - made))
            self.assertEqual(ds.distance_n.values[0], made)
        self.assertIn(f"runs: {made} of 2000 made; then it was stopped", self.toy("info", "r.h5").stdout)
        self.assertEqual(json.loads(self.toy("info", "r.h5", "--json").stdout)["runs"],
                         {"planned": 2000, "ok": made, "failed": 0, "skipped": 2000 - made})
        self.assertFalse(os.path.exists(self.path("r.h5.part")))

    def test_second_signal_stops_running_ones(self):
        process = self.start("--set", "sleep_ms=2000", "--replications", "4")
        self.wait_for(process, "begin")
        process.send_signal(signal.SIGINT)
        self.wait_for(process, "once more stops the running ones", "said")
        process.send_signal(signal.SIGINT)
        self.assertIn("stopping now", self.end_of(process, 75))
        self.assertNotIn("end", self.text_aside("log"))  # they would take 40 s
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["park"])

    def test_a_failed_run_names_the_older_file(self):
        said = self.run_toy("--set", "fail_at=0", code=1)
        self.assertNotIn("older", said.stderr)
        self.run_toy()
        os.utime(self.path("r.h5"), (1e9, 1e9))
        before = fingerprint(self.path("r.h5"))
        said = self.run_toy("--set", "fail_at=0", code=1)
        self.assertRegex(said.stderr, r"; the older r\.h5 of 2001-09-0\d \d\d:\d\d is left as it was\n")
        self.assertEqual(fingerprint(self.path("r.h5")), before)
        said = self.run_toy("--replications", "2", "--set", "fail_at=1", code=1)  # written anew
        self.assertNotIn("older", said.stderr)

    def test_single_run_stops_at_the_first_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.start("--set", "sleep_ms=1000")
            self.wait_for(process, "begin")
            process.send_signal(number)
            said = self.end_of(process, 75)
            self.assertIn("stopping the run; nothing of it is written", said)
            self.assertNotIn("once more", said)
            self.assertEqual(sorted(os.listdir(self.folder.name)), ["park"])

    def test_nohup_holds(self):
        process = self.start("--set", "sleep_ms=40",
                             preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.wait_for(process, "begin")
        process.send_signal(signal.SIGHUP)
        self.end_of(process, 0)

    def test_full_disk_is_told_and_leaves_nothing(self):
        for limit in (2000, 30000, 60000):
            said = self.run_toy("--replications", "50", code=73,
                                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
            self.assertIn("File too large", said.stderr)
            self.assertNotIn("HDF5-DIAG", said.stderr)
            self.assertEqual(sorted(os.listdir(self.folder.name)), ["park"])

    def test_result_of_before_stays_when_a_run_fails(self):
        self.run_toy()
        before = fingerprint(self.path("r.h5"))
        said = self.run_toy("--set", "fail_at=0", code=1)
        self.assertIn("lost its way in Đồng Nai", said.stderr)
        self.assertEqual(before, fingerprint(self.path("r.h5")))

    def test_two_runs_to_one_file_do_not_disturb_each_other(self):
        first = self.start("--set", "sleep_ms=5", "--replications", "20", "--threads", "1")
        self.wait_for(first, "begin")
        first.send_signal(signal.SIGSTOP)  # it is not done before the other begins
        said = self.run_toy(code=73)
        self.assertIn("cannot write r.h5: another run is writing it", said.stderr)
        self.assertTrue(os.path.exists(self.path("r.h5.part")))
        first.send_signal(signal.SIGCONT)
        self.end_of(first, 0)
        with xarray.open_dataset(self.path("r.h5")) as ds:
            self.assertEqual(ds.sizes["run"], 20)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["park", "r.h5"])

    def test_nothing_that_is_read_or_written_is_overwritten(self):
        os.link(self.path("park"), self.path("other"))
        os.link(self.path("park"), self.path("p.part"))
        with open(self.path("park"), encoding="utf-8") as f:
            before = f.read()
        for words in (["-o", "park"], ["-o", "./park"], ["-o", "other"], ["-o", "p"],
                      ["-o", "r.h5", "--trace", "park"]):
            said = self.toy("run", "park", *words, code=2)
            self.assertIn("which this run reads; name another file", said.stderr)
        for two in (("r.h5", "r.h5"), ("out/r.h5", "./out//r.h5"), ("r.h5", "r.h5.part"), ("r.h5.part", "r.h5")):
            said = self.toy("run", "park", "-o", two[0], "--trace", two[1], code=2)
            self.assertIn("would write the same file", said.stderr)
        with open(self.path("park"), encoding="utf-8") as f:
            self.assertEqual(f.read(), before)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["other", "out", "p.part", "park"])
        self.assertEqual(os.listdir(self.path("out")), [])

    # ---- commands ----

    def test_unwritable_output_is_refused_before_the_run(self):
        for target in ("/dev/full", self.folder.name, "/proc/none/r.h5"):
            began = time.time()
            said = self.toy("run", "park", "--set", "sleep_ms=1000", "-o", target, code=73)
            self.assertLess(time.time() - began, 5)
            self.assertIn("cannot", said.stderr)
        with open("/dev/full", "w") as full:
            done = subprocess.run([TOY, "run", "park"], cwd=self.folder.name, stdout=full, timeout=60,
                                  stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 73)

    def test_run_prints_one_json_object(self):
        done = self.run_toy("--json", "--replications", "2", "--seed", "12345678901234567")
        told = json.loads(done.stdout)
        self.assertEqual(done.stderr, "")
        self.assertEqual((told["events"], told["runs"], told["failed"]), (40, 2, 0))
        self.assertEqual((told["seed"], told["version"], told["output"]), (12345678901234567, "1.2", "r.h5"))
        self.assertGreater(told["wall_s"], 0)
        self.assertGreater(told["peak_mb"], 1)
        with h5py.File(self.path("r.h5")) as f:
            self.assertEqual(told["distance"], f["distance_mean"][0])
            self.assertEqual(f.attrs["seed"], 12345678901234567)

    def test_run_says_what_came_out_and_where_it_lies(self):
        said = self.toy("run", "park").stdout
        self.assertIn(TITLE, said)
        self.assertIn("2026-01-01 00:00 to 2026-01-21 00:00, 1 of 1 run, seed 42", said)
        self.assertIn("results: out/results.h5", said)
        self.assertTrue(os.path.exists(self.path("out/results.h5")))
        self.assertEqual(self.run_toy("--quiet").stdout, "")

    def test_trace_is_of_the_first_replication(self):
        self.run_toy("--trace", "t/trace.txt", "--replications", "3")
        with open(self.path("t/trace.txt"), encoding="utf-8") as f:
            self.assertEqual(f.read(), "".join(f"day {d} of run 0\n" for d in range(20)))
        self.run_toy("--trace", "/dev/full", code=73)
        os.symlink("there.txt", self.path("link"))  # as /dev/stdout may be
        self.write("there.txt", "")
        self.run_toy("--trace", "link")
        self.assertTrue(os.path.islink(self.path("link")))
        self.assertGreater(os.path.getsize(self.path("there.txt")), 0)

    def test_mistakes_are_told_together(self):
        self.write("bad", "days = x\nnonsense\nstp = 3\n")
        said = self.toy("check", "bad", code=65)
        self.assertEqual(said.stdout, "")
        for line in (1, 2, 3):
            self.assertIn(f"bad:{line}:", said.stderr)
        told = json.loads(self.toy("check", "bad", "--json", code=65).stdout)
        self.assertEqual([m["line"] for m in told["mistakes"]], [1, 2, 3])
        self.assertFalse(told["ok"])
        self.toy("run", "bad", "-o", "r.h5", code=65)
        self.assertFalse(os.path.exists(self.path("r.h5")))
        self.write("lacking", "file = nowhere.csv\n")
        self.toy("check", "lacking", code=66)
        self.toy("run", "nothing", code=66)
        self.assertIn("it is a folder, not a file", self.toy("check", ".", code=65).stderr)
        self.assertIn("a device or a pipe, not a file", self.toy("check", "/dev/null", code=65).stderr)
        self.assertIn("--set", self.toy("check", "park", "--set", "dys=3", code=65).stderr)
        self.assertEqual(json.loads(self.toy("check", "park", "--json").stdout)["ok"], True)

    def test_info_tells_what_a_file_holds(self):
        self.run_toy("--replications", "2", "--set", "fail_at=1", code=1)
        said = self.toy("info", "r.h5").stdout
        for word in (TITLE, "way", "(run 2, place 3, time 20) [km]", "ledger/quantity", "lost its way", "wall_s"):
            self.assertIn(word, said)
        told = json.loads(self.toy("info", "r.h5", "--json").stdout)
        way = [v for v in told["variables"] if v["name"] == "way"][0]
        self.assertEqual((way["dims"], way["shape"]), (["run", "place", "time"], [2, 3, 20]))
        self.assertEqual(told["failures"][0]["run"], 1)
        self.assertIn("runs: 2 of 2 made, 1 of them failed\n", said)
        self.assertEqual(told["attributes"]["ended"], "complete")
        self.toy("info", "none.h5", code=66)
        self.toy("info", "park", code=65)

    def test_command_line_is_explained(self):
        for words in ((), ("run",), ("check",), ("info",), ("show",)):
            text = self.toy(*words, "--help").stdout
            self.assertTrue(text.startswith("usage: toy"), text)
            self.assertTrue(all(len(line) <= 100 for line in text.splitlines()), text)
            self.assertEqual(self.toy(*words, "--version").stdout, "toy 1.2\n")
        self.assertIn("did you mean 'show'", self.toy("shw", code=2).stderr)
        self.assertIn("did you mean --replications", self.run_toy("--replicatons", "3", code=2).stderr)
        self.toy(code=2)
        self.toy("run", code=2)
        self.toy("run", "a", "b", code=2)
        self.run_toy("--threads", "0", code=2)
        self.run_toy("--seed", "-1", code=2)
        self.assertEqual(self.toy("show", "park", "--times", "2", "--set", "days=7").stdout, "days = 7\n" * 2)
        self.toy("show", "park", "--times", "99", code=2)

    def test_progress_is_drawn_on_a_terminal_only(self):
        import pty
        ours, theirs = pty.openpty()
        done = subprocess.run([TOY, "run", "park", "--set", "sleep_ms=30"], cwd=self.folder.name,
                              stdout=subprocess.PIPE, stderr=theirs, timeout=60)
        os.close(theirs)
        said = os.read(ours, 100000).decode()
        os.close(ours)
        self.assertEqual(done.returncode, 0)
        self.assertRegex(said, r"\[#+\.+\] +\d+ %  2026-01-\d\d  \d+ events/s")
        self.assertEqual(self.run_toy("--set", "sleep_ms=30").stderr, "")


if __name__ == "__main__":
    unittest.main()
