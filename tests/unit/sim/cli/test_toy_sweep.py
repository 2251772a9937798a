#!/usr/bin/python3
"""Sweeps of the toy: whatever interrupts them, the file is the same; what they say on the way.

    /usr/bin/python3 test_toy_sweep.py TOY     (the program built from tests/support/toy_main.c)
"""
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import h5py
import numpy
import xarray

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../support"))
from same_file import same  # noqa: E402

TOY = os.path.abspath(sys.argv.pop(1))
PARK = """title = Khu sinh thái Biên Hòa
days = 20
design fast: step = 2
design slow: step = 0.5
"""
STUDY = """format = 1;
park = "park";
study = {
  title = "Bước đi";
  designs = ( "base", "fast", "slow" ); baseline = "base";
  replications = %s;
  %s
  axes = { %s };
  responses = { km = { of = "distance"; }; m = { of = "walked"; where = "Đồng Nai"; unit = "m"; }; };
};
"""
FIXED = "5"
PATIENCE = 600  # [s] far more than anything takes, on however busy a machine
STEPS = 'step = { path = "step"; values = ( "1", "2", "3", "4" ); };'
UNTIL = '{ at_least = 3; at_most = 40; until = { response = "km"; half_width = "8 %"; level = "95 %"; }; }'


def slow(nap_us):
    return {**os.environ, "TOY_NAP_US": str(nap_us)}


class Sweep(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="ecopark_sweep_")
        self.addCleanup(self.folder.cleanup)
        self.write("park", PARK)
        self.write_study()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)

    def write_study(self, replications=FIXED, more="", axes=STEPS, name="study.cfg"):
        self.write(name, STUDY % (replications, more, axes))

    def toy(self, *words, code=0, **options):
        done = subprocess.run([TOY, *words], cwd=self.folder.name, capture_output=True, text=True, timeout=120,
                              **options)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}\n{done.stderr}")
        return done

    def sweep(self, *words, study="study.cfg", output="r.h5", **options):
        return self.toy("sweep", study, "-o", output, *words, **options)

    def start(self, *words, nap_us=0, hold=1):
        """A sweep, as it begins to make runs. The runs from that one on wait until `release`, so it does not end
        before, however fast the machine is; a run takes twenty days that take so long."""
        for name, text in (("hold", ""), ("log", "")):
            self.write(name, text)
        env = {**slow(nap_us), "TOY_HOLD": f"{hold} {self.path('hold')}", "TOY_LOG": self.path("log")}
        with open(self.path("said"), "w", encoding="utf-8") as said:
            process = subprocess.Popen([TOY, "sweep", "study.cfg", "-o", "r.h5", *words], cwd=self.folder.name,
                                       stdout=subprocess.DEVNULL, stderr=said, text=True, env=env,
                                       preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))  # nohup
        self.wait(process, lambda: "to make" in self.said())
        return process

    def wait(self, process, is_so):
        """Until it is so; PATIENCE only ends a test that has failed."""
        until = time.time() + PATIENCE
        while not is_so():
            self.assertIsNone(process.poll(), self.said())
            self.assertLess(time.time(), until, self.said())
            time.sleep(0.002)

    def wait_log(self, process, word, count):
        """Until so many runs have come so far."""
        def found():
            with open(self.path("log"), encoding="utf-8") as f:
                return f.read().count(word)
        self.wait(process, lambda: found() >= count)

    def wait_held(self, process, threads):
        """All threads wait, so all runs before are finished."""
        self.wait_log(process, "held", threads)

    def signal_and_release(self, process, number):
        """What waits goes on when the program has the signal."""
        process.send_signal(number)

        def is_taken():
            if process.poll() is not None:
                return True
            with open(f"/proc/{process.pid}/status", encoding="utf-8") as f:
                pending = re.search(r"ShdPnd:\s*([0-9a-f]+)", f.read())
            return int(pending.group(1), 16) >> (number - 1) & 1 == 0
        self.wait(process, is_taken)
        self.release()

    def release(self):
        os.unlink(self.path("hold"))

    def said(self):
        with open(self.path("said"), encoding="utf-8") as f:
            return f.read()

    def end_of(self, process, *codes):
        self.assertIn(process.wait(timeout=PATIENCE), codes, self.said())
        return self.said()

    def straight(self, output="straight.h5", **options):
        self.sweep("--threads", "1", output=output, **options)
        return same(self.path(output))

    # ---- the same bytes ----

    def test_file_is_the_same_for_1_and_2_threads_and_4_shards(self):
        for replications, more in ((FIXED, ""), (UNTIL, ""), ("4", 'random = "antithetic";'),
                                   (FIXED, 'random = "independent";'), (FIXED, 'store = "responses";')):
            with self.subTest(replications=replications, more=more):
                self.write_study(replications, more)
                one = self.straight("one.h5")
                self.sweep("--threads", "2", output="two.h5")
                self.assertEqual(one, same(self.path("two.h5")))
                for i in (3, 1, 4, 2):
                    said = self.sweep("--shard", f"{i}/4", output="shards.h5", code=0).stdout
                    self.assertIn(f"shard {i} of 4 is there, in shards.h5.parts", said)
                self.assertFalse(os.path.exists(self.path("shards.h5")))
                self.toy("merge", "shards.h5.parts", "-o", "shards.h5")
                self.assertEqual(one, same(self.path("shards.h5")))
                self.assertFalse(os.path.exists(self.path("shards.h5.parts")))
                for name in ("one.h5", "two.h5", "shards.h5"):
                    os.unlink(self.path(name))

    def test_shards_of_several_machines_are_merged(self):
        one = self.straight()
        for i in (1, 2, 3):
            os.mkdir(self.path(f"machine{i}"))
            self.sweep("--shard", f"{i}/3", output=f"machine{i}/r.h5")
        self.toy("merge", "machine1/r.h5.parts", "machine2/r.h5", "-o", "r.h5", code=65)
        self.toy("merge", "machine1/r.h5.parts", "machine2/r.h5", "machine3/r.h5.parts/", "-o", "r.h5", "--keep")
        self.assertEqual(one, same(self.path("r.h5")))
        self.assertTrue(os.path.exists(self.path("machine1/r.h5.parts")))
        self.toy("merge", "nowhere", "-o", "r.h5", code=66)
        self.toy("merge", "machine1/r.h5.parts", code=2)

    def interrupt(self, how, times, rng):
        """Stop a sweep so many times by the signal, whatever it is at just then; the last call ends it. Returns what
        was said."""
        said = []
        for _ in range(times):
            process = self.start("--threads", rng.choice(("1", "2")), nap_us=300, hold=4)
            self.wait_log(process, "end", rng.randint(0, 3))
            time.sleep(rng.uniform(0.0, 0.01))
            self.signal_and_release(process, how) if how == signal.SIGTERM else process.send_signal(how)
            said.append(self.end_of(process, 75 if how == signal.SIGTERM else -how))
            self.assertFalse(os.path.exists(self.path("r.h5")), "it was done too soon for this test")
        self.sweep("--threads", "2")
        return said

    def test_file_is_the_same_after_twenty_kills(self):
        rng = random.Random(20261122)
        for replications, how in (("30", signal.SIGTERM), (UNTIL.replace("= 3;", "= 25;"), signal.SIGKILL)):
            with self.subTest(how=how):
                self.write_study(replications)
                straight = self.straight()
                said = self.interrupt(how, 20, rng)
                self.assertTrue(any("runs are there from before" in t for t in said), said)
                self.assertEqual(straight, same(self.path("r.h5")))
                self.assertFalse(os.path.exists(self.path("r.h5.parts")))
                for name in ("straight.h5", "r.h5"):
                    os.unlink(self.path(name))

    # ---- going on ----

    def test_runs_of_a_killed_sweep_are_recovered_from_the_open_block(self):
        process = self.start("--threads", "2", hold=10)
        self.wait_held(process, 2)
        process.kill()
        self.end_of(process, -signal.SIGKILL)
        said = self.sweep()
        found = re.search(r"(\d+) of 60 runs are there from before; (\d+) recovered from a block that was left open",
                          said.stderr)
        self.assertIsNotNone(found, said.stderr)
        self.assertIn(int(found.group(1)), range(3, 10))  # the last may not be on the disk yet
        made = re.search(r"(\d+) made now", said.stdout)
        self.assertEqual(int(made.group(1)) + int(found.group(1)), 60)

    def test_stops_in_good_order_and_says_how_to_go_on(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP):
            process = self.start("--threads", "2", nap_us=300, hold=4)
            self.wait_held(process, 2)
            self.signal_and_release(process, number)
            said = self.end_of(process, 75)
            self.assertRegex(said, r"stopped: \d+ of 60 runs are there, in r.h5.parts; the same command goes on")
        self.assertFalse(os.path.exists(self.path("r.h5")))
        self.assertEqual([n for n in os.listdir(self.path("r.h5.parts")) if n.endswith(".open")], [])
        said = self.sweep("--max-time", "0.1 s", code=75, env=slow(2000)).stderr
        self.assertIn("stopped by --max-time", said)
        self.sweep("--max-time", "1 h")
        self.assertIn("nothing to do", self.sweep().stdout)

    def test_second_signal_loses_only_what_runs(self):
        self.write("park", "days = 1000\n")
        self.write("study.cfg", STUDY.replace('( "base", "fast", "slow" )', '( "base" )') % (FIXED, "", ""))
        process = self.start("--threads", "2", nap_us=30000)  # 30 s a run
        process.send_signal(signal.SIGTERM)
        self.wait(process, lambda: "once more" in self.said())
        process.send_signal(signal.SIGTERM)
        said = self.end_of(process, 75)
        self.assertIn("stopped: 0 of 5 runs are there", said)

    def test_nothing_is_said_where_all_goes_well(self):
        self.assertEqual(self.sweep("--quiet").stderr, "")
        for i in (1, 2):
            self.assertEqual(self.sweep("--quiet", "--shard", f"{i}/2", output="s.h5").stderr, "")
        self.assertEqual(self.toy("merge", "s.h5.parts", "-o", "s.h5", "--quiet").stderr, "")

    def test_new_points_leave_the_finished_ones_alone(self):
        self.sweep("--keep-parts")
        self.write_study(axes=STEPS.replace('"1", ', '"7", "1", '))
        said = self.sweep("--json", output="r.h5")
        self.assertEqual(json.loads(said.stdout)["made"], 15)
        self.assertIn("60 of 75 runs are there from before", said.stderr)
        self.assertIn("study.cfg changed: 5 runs of design fast are new", said.stderr)
        self.assertIn("r.h5 holds other runs than this study asks for", said.stderr)
        self.assertEqual(self.straight(), same(self.path("r.h5")))

    def test_what_changed_is_told_and_made_again(self):
        self.sweep("--max-time", "0.2 s", "--threads", "2", code=75, env=slow(1000))
        self.write("park", PARK.replace("slow: step = 0.5", "slow: days = 10"))
        said = self.sweep()
        self.assertIn("toy.txt changed: 20 runs of design slow are made again", said.stderr)
        self.assertNotIn("of design base", said.stderr)
        self.assertEqual(self.straight(), same(self.path("r.h5")))
        self.assertIn("nothing to do", self.sweep().stdout)

    def test_file_that_would_be_written_otherwise_is_written_anew(self):
        plain = STUDY % (FIXED, "", STEPS)
        changes = (
            ("remark", "# a remark\n" + plain),
            ("title", plain.replace("Bước đi", "Bước")),
            ("baseline", plain.replace('baseline = "base"', 'baseline = "fast"')),
            ("axis", plain.replace("step = {", "pace = {")),
            ("unit", plain.replace('unit = "m"', 'unit = "km"')),
            ("response", plain.replace("km = {", "way_km = {")),
        )
        for keeps in ((), ("--keep-parts",)):
            for what, text in changes:
                with self.subTest(what, keeps=keeps):
                    self.write("study.cfg", plain)
                    self.sweep(*keeps)
                    self.write("study.cfg", text)
                    done = self.sweep()
                    self.assertNotIn("nothing to do", done.stdout)
                    self.assertIn("(study.cfg changed)", done.stderr)
                    all_anew = "its parts were removed when it was written, so all runs are made again; with --keep-parts"
                    self.assertEqual(all_anew in done.stderr, not keeps)
                    if keeps and what in ("remark", "title", "baseline", "axis"):
                        self.assertIn("\n0 made now", done.stdout)
                    self.assertEqual(self.straight(f"{what}.h5"), same(self.path("r.h5")))
                    self.assertIn("nothing to do", self.sweep().stdout)
                    for name in ("r.h5", f"{what}.h5"):
                        os.unlink(self.path(name))

    def test_it_says_why_a_finished_file_does_not_do(self):
        self.write_study(UNTIL)
        self.sweep()
        self.write("park", PARK + "seed = 43\n" if "seed" in PARK else PARK.replace("step = 2", "step = 3"))
        self.assertIn("r.h5 is not of this study as it is now (toy.txt changed)",
                      self.toy("run", "study.cfg", "--id", "1", "--of", "r.h5", code=65).stderr)
        said = self.sweep("--max-time", "0.05 s", code=75, env=slow(2000)).stderr
        self.assertIn("r.h5 holds other runs than this study asks for (toy.txt changed); it stays until", said)
        self.assertIn("with --keep-parts the next change makes only what it must", said)
        self.assertTrue(os.path.exists(self.path("r.h5")))

    def test_damaged_block_is_made_again_in_the_same_call(self):
        straight = self.straight()
        self.sweep("--keep-parts")
        os.unlink(self.path("r.h5"))
        blocks = [n for n in os.listdir(self.path("r.h5.parts")) if n.endswith(".runs")]
        with open(self.path(f"r.h5.parts/{blocks[0]}"), "r+b") as f:
            f.seek(2000)
            f.write(b"\x55" * 64)
        done = self.sweep("--keep-parts")
        self.assertIn("turned out to be damaged while r.h5 was written; its runs are made again now", done.stderr)
        self.assertIn("1 block of runs in r.h5.parts is damaged (set aside as NAME.bad)", done.stderr)
        self.assertNotIn("give the same sweep again", done.stderr)
        self.assertIn("\n60 made now (60 made again) in", done.stdout)
        self.assertEqual(straight, same(self.path("r.h5")))
        self.assertTrue(os.path.exists(self.path(f"r.h5.parts/{blocks[0]}.bad")))
        shutil.rmtree(self.path("r.h5.parts"))

    def test_runs_made_again_after_damage_are_counted_as_such(self):
        self.sweep("--only", "design == fast")
        blocks = [n for n in os.listdir(self.path("r.h5.parts")) if n.endswith(".runs")]
        with open(self.path(f"r.h5.parts/{blocks[0]}"), "r+b") as f:
            f.seek(2000)
            f.write(b"\x55" * 64)
        said = json.loads(self.sweep("--json", "--keep-parts").stdout)
        self.assertEqual([said[n] for n in ("runs", "before", "made", "again")], [60, 20, 60, 20])
        with h5py.File(self.path("r.h5")) as f:
            self.assertEqual(f["execution"].attrs["runs_made_again"], 20)

    def test_folder_or_device_is_refused_before_the_first_run(self):
        os.mkdir(self.path("there"))
        for target, what in (("there", "a folder"), ("/dev/null", "not a plain file")):
            for command in ("sweep", "plan"):
                said = self.toy(command, "study.cfg", "-o", target, code=73).stderr
                self.assertIn(f"cannot write {target}: it is {what}; name a file", said)
                self.assertNotIn("to make", said)
        self.assertFalse(os.path.exists(self.path("there.parts")))

    def test_shard_tells_its_own_runs_when_inputs_change(self):
        self.sweep("--shard", "1/2")
        self.sweep("--shard", "2/2")
        self.write("park", PARK.replace("slow: step = 0.5", "slow: days = 10"))
        for i in (1, 2):
            said = self.sweep("--shard", f"{i}/2").stderr
            self.assertEqual("toy.txt changed: 10 runs of design slow are made again" in said, i == 1, said)
            self.assertIn("20 runs in r.h5.parts are of the study as it was before", said)  # of both shards
        self.toy("merge", "r.h5.parts", "-o", "r.h5")
        self.assertEqual(self.straight(), same(self.path("r.h5")))

    def test_new_input_did_not_change(self):
        self.sweep()
        self.write("steps.cfg", STEPS + "\n")
        self.write_study(axes='\n@include "steps.cfg"\n')
        self.assertIn("(study.cfg changed, steps.cfg is new)", self.sweep().stderr)

    def test_file_that_is_no_results_file_is_never_replaced(self):
        for text in ("precious\n", "\x89HDF\r\n\x1a\n"):
            self.write("notes.txt", text)
            for words in (("sweep", "study.cfg"), ("plan", "study.cfg"), ("run", "park"), ("run", "study.cfg", "--id", "1"),
                          ("merge", "r.h5")):
                if words[0] == "merge":
                    self.sweep("--shard", "1/1", "--only", "design == fast")
                said = self.toy(*words, "-o", "notes.txt", code=2).stderr
                self.assertIn("-o notes.txt would replace a file that is no results file (notes.txt is not an HDF5",
                              said)
                with open(self.path("notes.txt"), encoding="utf-8", newline="") as f:
                    self.assertEqual(f.read(), text)
                self.assertFalse(os.path.exists(self.path("notes.txt.parts")))
        self.write("notes.txt", "")
        self.sweep(output="notes.txt")
        self.toy("run", "park", "-o", "notes.txt")

    def test_nobody_needs_to_read_what_it_says(self):
        straight = self.straight()
        for look in ("json", "lines"):
            with self.subTest(look=look):
                read, write = os.pipe()
                process = subprocess.Popen([TOY, "sweep", "study.cfg", "-o", "r.h5", "--progress", look],
                                           cwd=self.folder.name, stdout=write, stderr=write, env=slow(2000))
                os.close(write)
                os.read(read, 10)
                os.close(read)
                self.assertEqual(process.wait(timeout=60), 0)
                self.assertEqual(straight, same(self.path("r.h5")))
                os.unlink(self.path("r.h5"))

    def test_replications_end_when_the_rule_is_met(self):
        self.write_study(UNTIL)
        one = json.loads(self.sweep("--json").stdout)
        self.assertEqual(one["missing"], 0)
        with h5py.File(self.path("r.h5")) as f:
            n = f["km_n"][:]
            self.assertEqual(n.sum(), one["runs"])
            self.assertGreater(n.max(), 3)
            self.assertLess(n.max(), 40)
            numpy.testing.assert_array_less(f["km_half_width"][:], 0.08 * f["km_mean"][:] + 1e-12)
            point, replication, km = f["run_point"][17], f["replication"][17], f["km"][17]
        said = self.toy("run", "study.cfg", "--id", "17", "--of", "r.h5").stdout
        self.assertIn("run 17 of study.cfg: design base", said)
        self.assertIn("km = %.10g km" % km, said)
        again = self.toy("run", "study.cfg", "--point", str(point), "--replication", str(replication)).stdout
        self.assertIn("km = %.10g km" % km, again)
        self.toy("run", "study.cfg", "--id", "17", code=2)

    # ---- some of it ----

    def test_only_some_points_and_then_the_rest(self):
        said = self.sweep("--only", "design == fast and step >= 3")
        self.assertIn("10 runs, 12 points in the study", said.stdout)
        self.assertIn("50 runs of the other points are missing", said.stdout)
        self.toy("merge", "r.h5", "-o", "some.h5", code=65)
        told = json.loads(self.toy("merge", "r.h5", "-o", "some.h5", "--partial", "--json").stdout)
        self.assertEqual((told["runs"], told["missing"], told["is_complete"]), (10, 50, False))
        with h5py.File(self.path("some.h5")) as f:
            self.assertEqual(f.attrs["ended"], b"stopped")
        self.assertIn("10 of 60 runs are there", self.sweep().stderr)
        self.assertEqual(self.straight(), same(self.path("r.h5")))
        self.sweep("--only", "dsign == fast", output="other.h5", code=2)
        said = self.sweep("--only", "step == 99", output="other.h5", code=2).stderr
        self.assertIn("no point of the study is like that", said)
        self.assertFalse(os.path.exists(self.path("other.h5.parts")))
        said = self.sweep("--shard", "1/3", "--only", "design == fast", output="shard.h5").stdout
        self.assertNotIn("shard 1 of 3 is there", said)
        self.assertIn("shard 1 of 3 is there", self.sweep("--shard", "1/3", output="shard.h5").stdout)

    # ---- runs that fail ----

    def test_failed_runs_are_recorded_listed_and_repeated(self):
        self.write("park", PARK + "fail_at = 2\n")
        said = self.sweep(code=1)
        self.assertIn("12 of 60 runs failed", said.stderr)
        self.assertIn("run 2 (design base, step = 1): lost its way in Đồng Nai", said.stderr)
        self.assertIn("toy run study.cfg --id 2 --trace trace.txt", said.stderr)
        with h5py.File(self.path("r.h5")) as f:
            self.assertEqual(f["status"][:5].tolist(), [0, 0, 1, 0, 0])
            self.assertEqual(f["km_n"][0], 4)
        said = self.sweep(code=1)
        self.assertIn("nothing to do", said.stdout)
        self.assertIn("12 of 60 runs failed", said.stderr)
        self.assertIn("run 2 (design base, step = 1): lost its way in Đồng Nai", said.stderr)
        told = json.loads(self.sweep("--json", code=1).stdout)
        self.assertEqual((told["runs"], told["failed"], told["was_complete"]), (60, 12, True))
        os.unlink(self.path("r.h5"))
        told = json.loads(self.sweep("--json", code=1).stdout)
        self.assertEqual([(f["run"], f["point"], f["replication"]) for f in told["failures"]],
                         [(2, 0, 2), (7, 1, 2), (12, 2, 2), (17, 3, 2), (22, 4, 2)])
        said = self.toy("run", "study.cfg", "--id", "2", "--trace", "trace.txt", code=1)
        self.assertIn("lost its way in Đồng Nai", said.stderr)
        with open(self.path("trace.txt"), encoding="utf-8") as f:
            self.assertEqual(f.read(), "".join(f"day {d} of run 2\n" for d in range(10)))

    def test_fail_fast_stops_and_goes_on_without_it(self):
        self.write("park", PARK + "fail_at = 2\n")
        said = self.sweep("--fail-fast", "--threads", "1", code=1)
        self.assertIn("1 of 60 runs failed; no more were started", said.stderr)
        self.assertFalse(os.path.exists(self.path("r.h5")))
        said = self.sweep(code=1)
        self.assertIn("of 60 runs are there from before", said.stderr)
        self.assertIn("12 of 60 runs failed", said.stderr)
        self.assertEqual(self.straight(code=1), same(self.path("r.h5")))

    def test_point_that_cannot_be_loaded_fails_its_runs(self):
        self.write_study(axes='step = { path = "step"; values = ( "1", "-1" ); };')
        said = self.sweep(code=1)
        self.assertIn("15 of 30 runs failed", said.stderr)
        self.assertRegex(said.stderr, r"run 5 \(design base, step = -1\): axis step .study.cfg:8.: step: -1 is no number from 0")
        self.assertIn("(and so 4 more runs of this point)", said.stderr)
        self.assertEqual(said.stderr.count("-1 is no number"), 3) # points
        self.write_study(UNTIL, axes='step = { path = "step"; values = ( "1", "-1" ); };')
        self.assertIn("9 of ", self.sweep(code=1).stderr) # at_least of three points
        with h5py.File(self.path("r.h5")) as f:
            self.assertEqual((f["status"][:] == 1).sum(), 9)
        self.assertEqual(self.straight(code=1), same(self.path("r.h5")))
        self.write_study(axes='days = { path = "days"; values = ( "5", "20" ); };')
        self.assertIn("20 days are more than the results have room for", self.sweep(code=1).stderr)

    # ---- what is refused before the first run ----

    def test_mistakes_are_told_before_the_first_run(self):
        self.write_study(axes='stp = { path = "stp"; values = ( "1" ); }; run = { path = "days"; values = ( "3" ); };')
        said = self.sweep(code=65).stderr
        self.assertIn("stp", said)
        self.write_study(axes='status = { path = "days"; values = ( "3" ); };')
        self.assertIn("status", self.sweep(code=65).stderr)
        self.write_study(axes='km = { path = "days"; values = ( "3" ); };')
        self.assertIn("km", self.sweep(code=65).stderr)
        self.write("study.cfg", (STUDY % (FIXED, "", STEPS)).replace('"slow"', '"slwo"').replace("distance", "distnce"))
        said = self.sweep(code=65).stderr
        self.assertIn("slwo", said)
        self.write("study.cfg", (STUDY % (FIXED, "", STEPS)).replace("distance", "distnce"))
        self.assertIn("nothing is 'distnce'", self.sweep(code=65).stderr)
        self.sweep(study="none.cfg", code=66)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["park", "study.cfg"])

    def test_park_and_study_are_told_apart(self):
        self.assertIn("park is no study", self.sweep(study="park", code=2).stderr)
        said = self.toy("run", "study.cfg", code=2).stderr
        self.assertIn("sweep study.cfg makes its runs", said)
        self.assertIn("--seed is for a park", self.toy("run", "study.cfg", "--id", "1", "--seed", "2", code=2).stderr)
        self.assertIn("--id is for a study", self.toy("run", "park", "--id", "1", code=2).stderr)
        self.toy("run", "study.cfg", "--id", "60", code=2)
        self.toy("run", "study.cfg", "--id", "1", "--point", "1", code=2)
        for words in (("--shard", "5/4"), ("--shard", "x"), ("--max-time", "soon"), ("--max-time", "0 s"),
                      ("--progress", "loud"), ("--fail-fast", "--keep-going"), ("-o", "park"), ("-o", "study.cfg")):
            self.toy("sweep", "study.cfg", *words, code=2)

    def test_one_run_of_a_study_is_written_beside_it(self):
        self.write_study("4", 'random = "antithetic";')
        self.sweep()
        self.toy("run", "study.cfg", "--id", "22", "-o", "r.h5", code=2)
        self.toy("run", "study.cfg", "--id", "22", "-o", "one.h5")
        with h5py.File(self.path("r.h5")) as f, h5py.File(self.path("one.h5")) as g:
            for name in ("km", "m", "walked", "replication", "way", "level"):
                numpy.testing.assert_array_equal(f[name][22], g[name][0])
            self.assertIn("run 22 of study.cfg: design fast, step = 2, replication 2", g.attrs["run_of_study"].decode())
        self.assertEqual(self.toy("run", "park", "--design", "fast", "-o", "fast.h5").stderr, "")
        with xarray.open_dataset(self.path("fast.h5")) as ds:
            self.assertEqual(list(ds.design.values), ["fast"])

    # ---- the world ----

    def test_full_disk_loses_nothing_that_was_finished(self):
        self.write_study("40")
        straight = self.straight()
        size = 20000
        for _ in range(30):
            limit = (size, size)
            done = subprocess.run([TOY, "sweep", "study.cfg", "-o", "r.h5"], cwd=self.folder.name, timeout=60,
                                  capture_output=True, text=True,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
            self.assertIn(done.returncode, (0, 73), done.stderr)
            if done.returncode == 0:
                break
            self.assertIn("File too large", done.stderr)
            self.assertNotIn("HDF5-DIAG", done.stderr)
            self.assertLessEqual(done.stderr.count("the same command goes on"), 1, done.stderr)
            size *= 2
        self.assertGreater(size, 20000)
        self.assertEqual(straight, same(self.path("r.h5")))

    def test_folder_that_vanishes_is_told(self):
        process = self.start("--threads", "1", hold=10)
        self.wait_held(process, 1)
        shutil.rmtree(self.path("r.h5.parts"))
        self.release()
        self.end_of(process, 73)
        self.sweep()
        self.assertEqual(self.straight(), same(self.path("r.h5")))

    def test_two_sweeps_of_one_file_do_not_disturb_each_other(self):
        first = self.start("--threads", "2")
        self.sweep(code=73)
        self.release()
        self.end_of(first, 0)

    def test_progress_is_told_to_programs(self):
        lines = self.sweep("--progress", "json", "--threads", "2", env=slow(3000)).stderr.splitlines()
        told = [json.loads(line) for line in lines]
        self.assertEqual(told[0], {"note": "60 runs to make, on 2 threads"})
        self.assertGreater(len(told), 2)
        self.assertEqual((told[-1]["runs"], told[-1]["done"], told[-1]["failed"]), (60, 60, 0))
        summary = json.loads(self.sweep("--json").stdout)
        self.assertTrue(summary["was_complete"])
        self.assertEqual(self.sweep("--quiet", output="q.h5").stdout, "")

    def test_memory_does_not_grow_with_the_runs_nor_do_files_stay_open(self):
        self.write("park", "days = 1\n")
        peaks = []
        for each in ("50", "500"):
            self.write("study.cfg", STUDY.replace('( "base", "fast", "slow" )', '( "base" )') % (
                each, 'store = "responses";', 'step = { path = "step"; range = "1 .. 40 step 1"; };'))
            # a leaked file a run or a point would end this
            done = self.sweep("--json", "--threads", "2", output=f"{each}.h5",
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30)))
            told = json.loads(done.stdout)
            self.assertEqual(told["made"], 40 * int(each))
            peaks.append(told["peak_mb"])
        if "libasan" not in subprocess.run(["ldd", TOY], capture_output=True, text=True).stdout:
            self.assertLess(peaks[1], peaks[0] + 6, peaks)


if __name__ == "__main__":
    unittest.main()
