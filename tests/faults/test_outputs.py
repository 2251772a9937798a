#!/usr/bin/python3
"""What is written where: links that were planted, pipes, two at once, inputs as outputs, and what a terminal is sent.

    test_outputs.py ECOPARK SOURCE
"""
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ECOPARK, SOURCE = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
del sys.argv[1:]


class Outputs(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="ecopark_outputs_"))
        self.addCleanup(shutil.rmtree, self.folder)
        text = (SOURCE / "configs/first_park.cfg").read_text().replace('until = "2027-01-01"', 'until = "2026-03-01"')
        (self.folder / "park.cfg").write_text(text)

    def call(self, *words, code=0, **more):
        done = subprocess.run([ECOPARK, *words], cwd=self.folder, capture_output=True, timeout=60, **more)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}\n{done.stderr}")
        return done

    def results(self, name="r.h5"):
        self.call("run", "park.cfg", "-o", name, "--quiet")

    def test_planted_parts_are_refused(self):
        mine = self.folder / "precious"
        for plant in (os.symlink, os.link):
            mine.write_text("precious")
            for part, words in (("r.h5.part", ("run", "park.cfg", "-o", "r.h5", "--quiet")),
                                ("t.txt.part", ("run", "park.cfg", "-o", "r.h5", "--trace", "t.txt", "--quiet"))):
                plant(mine, self.folder / part)
                self.call(*words, code=73)
                os.unlink(self.folder / part)
            mine.unlink()
        self.results()
        mine.write_text("precious")
        os.symlink(mine, self.folder / "runs.csv.part")
        self.call("export", "r.h5", "--what", "runs", "-o", "runs.csv", code=73)
        self.assertEqual(mine.read_text(), "precious")

    def test_pipes_are_refused_where_they_would_hang(self):
        self.results()
        for name in ("p.h5", "p.csv", "p.txt"):
            os.mkfifo(self.folder / name)
        self.call("run", "park.cfg", "-o", "p.h5", "--quiet", code=73)
        self.call("export", "r.h5", "--what", "runs", "-o", "p.csv", code=73)
        said = self.call("run", "park.cfg", "-o", "r.h5", "--trace", "p.txt", "--quiet", code=73).stderr
        self.assertIn(b"a pipe that nobody reads", said)
        for words in (("info", "p.h5"), ("export", "p.h5"), ("compare", "p.h5")):
            self.call(*words, code=65)
        with subprocess.Popen(["cat", self.folder / "p.txt"], stdout=subprocess.PIPE) as reader:
            fd = os.open(self.folder / "p.txt", os.O_WRONLY)  # waits for the reader
            self.call("run", "park.cfg", "-o", "r.h5", "--trace", "p.txt", "--quiet")
            os.close(fd)
            self.assertGreater(len(reader.stdout.read()), 1000)

    def test_a_table_of_another_process_is_left_alone(self):
        self.results()
        (self.folder / "out").mkdir()
        with open(self.folder / "out/flows.csv.part", "w") as theirs:
            fcntl.flock(theirs, fcntl.LOCK_EX)
            said = self.call("export", "r.h5", "-o", "out", code=73).stderr
            self.assertIn(b"another run is writing it", said)
            self.assertEqual(os.listdir(self.folder / "out"), ["flows.csv.part"])
        self.assertEqual(self.call("export", "r.h5", "-o", "out").stderr, b"")

    def test_tables_that_are_replaced_are_told(self):
        self.results()
        self.call("export", "r.h5", "--what", "runs", "-o", "out")
        said = self.call("export", "r.h5", "--what", "runs", "-o", "out").stderr
        self.assertIn(b"out/runs.csv: replaced the table of 20", said)

    def test_inputs_are_spared_whatever_their_name(self):
        self.results("own.csv")
        os.link(self.folder / "own.csv", self.folder / "same.csv")
        before = (self.folder / "own.csv").read_bytes()
        for output in ("own.csv", "./own.csv", "same.csv"):
            self.call("export", "own.csv", "--what", "runs", "-o", output, code=2)
        os.symlink("own.csv", self.folder / "link.csv")
        self.call("export", "own.csv", "--what", "runs", "-o", "link.csv", code=2)
        self.assertEqual((self.folder / "own.csv").read_bytes(), before)

    def test_merge_says_first_what_is_missing_on_the_command_line(self):
        self.assertIn(b"-o FILE", self.call("merge", "nowhere", code=2).stderr)
        self.call("merge", "nowhere", "-o", "m.h5", code=66)
        self.results()
        self.call("merge", "r.h5", "-o", "m.h5", code=65)

    def test_titles_cannot_command_a_terminal(self):
        park = SOURCE / "tests/data/faults/title_with_escapes.cfg"
        for words in (("run", park, "-o", "r.h5"), ("info", "r.h5"), ("show", park), ("check", park)):
            done = self.call(*words)
            for byte in done.stdout + done.stderr:
                self.assertTrue(byte in (9, 10) or (byte >= 32 and byte != 127), (words, done.stdout, done.stderr))
            self.assertNotIn("\u009b".encode(), done.stdout + done.stderr)
            self.assertNotIn(b"\nBalance: all fine", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
