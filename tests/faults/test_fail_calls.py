#!/usr/bin/python3
"""Calls of the system fail, one after the other, while results are written: nothing is ever damaged in silence.

    test_fail_calls.py FAIL_CALLS.so TOY ECOPARK SOURCE [--all]

In run, sweep, merge and export the n-th write, pwrite, writev, fsync, rename, close, ftruncate, open, read, pread fails
with EIO, ENOSPC, EINTR or does half of what it was asked (fail_calls.c). The exit code must be right, a file under its
final name must be the undisturbed one in all but /execution, EINTR and halves are survived, runs that were safe stay
safe, and what a sweep cannot read it leaves alone. Without --all some n of 1 .. 200 are tried, with it all; a try
counts where a call really failed, and one that never came to its n-th call must end as if undisturbed.
"""
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LIBRARY, TOY, ECOPARK, SOURCE = (Path(word).resolve() for word in sys.argv[1:5])
ALL = "--all" in sys.argv[5:]
MOST = 200
sys.path.insert(0, str(SOURCE / "tests/support"))
import same_file  # noqa: E402

WRITES = ("write", "pwrite", "writev", "fsync", "rename", "close", "ftruncate", "open")
READS = ("read", "pread")
WRITE, MISSING = 73, 66

STUDY = """format = 1; park = "toy.txt";
study = { replications = 3; axes = { step = { path = "step"; values = ( "1", "2" ); }; }; responses = { km = { of = "distance"; }; }; };
"""


def run(words, cwd, **env):
    done = subprocess.run([str(w) for w in words], cwd=cwd, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "OMP_NUM_THREADS": "1", **env})
    return done.returncode, done.stdout + done.stderr


class Case:
    """A command, what it finds, and what it leaves: {name: content}."""

    def __init__(self, name, folder, words, files):
        self.name, self.words, self.files = name, words, files
        self.start = folder  # copied for each try
        self.right = None
        self.safe = 0  # runs that are there before

    def try_out(self, base, **env):
        """Returns exit code, what was said, and the folder afterwards."""
        cwd = base / "try"
        shutil.rmtree(cwd, ignore_errors=True)
        shutil.copytree(self.start, cwd)
        code, said = run(self.words, cwd, FAIL_BELOW=str(cwd), **env)
        return code, said, cwd


def content(path):
    if not path.exists():
        return None
    return same_file.same(str(path)) if path.suffix == ".h5" else path.read_bytes()


def prepare(base):
    """The cases, each with its own folder to start from."""
    def folder(name):
        made = base / name
        made.mkdir()
        (made / "toy.txt").write_text("days = 12\n")
        (made / "study.cfg").write_text(STUDY)
        return made

    cases = []
    one = folder("run")
    cases.append(Case("run", one, [TOY, "run", "toy.txt", "--replications", "3", "--seed", "1", "-o", "r.h5",
                                   "--trace", "t.txt", "--quiet"], ["r.h5", "t.txt"]))
    two = folder("sweep")
    cases.append(Case("sweep", two, [TOY, "sweep", "study.cfg", "-o", "s.h5", "--quiet"], ["s.h5"]))
    three = folder("merge")
    for shard in ("1/2", "2/2"):
        code, said = run([TOY, "sweep", "study.cfg", "-o", "s.h5", "--shard", shard, "--quiet"], three)
        assert code == 0, said
    cases.append(Case("merge", three, [TOY, "merge", "s.h5.parts", "-o", "s.h5", "--quiet"], ["s.h5"]))
    three = folder("go_on")
    code, said = run([TOY, "sweep", "study.cfg", "-o", "s.h5", "--quiet"], three, LD_PRELOAD=str(LIBRARY),
                     FAIL_CALLS="writev:5+:EIO", FAIL_BELOW=str(three))
    assert code == WRITE, said
    cases.append(Case("go_on", three, [TOY, "sweep", "study.cfg", "-o", "s.h5", "--progress", "none"], ["s.h5"]))
    cases[-1].safe = 3  # each is a writev, as is the head of the block
    four = folder("export")
    park = (SOURCE / "configs/first_park.cfg").read_text().replace('until = "2027-01-01"', 'until = "2026-01-04"')
    (four / "park.cfg").write_text(park)
    code, said = run([ECOPARK, "run", "park.cfg", "-o", "p.h5", "--quiet"], four)
    assert code == 0, said
    cases.append(Case("export", four, [ECOPARK, "export", "p.h5", "-o", "csv"],
                      [f"csv/{n}.csv" for n in ("flows", "flows_by_run", "ledger", "nodes", "series", "runs")]))
    return cases


def count_calls(case, base, call):
    counted = base / "count"
    code, said, _ = case.try_out(base, LD_PRELOAD=str(LIBRARY), FAIL_CALLS=f"{call}:0:EIO", FAIL_COUNT=str(counted))
    assert code == 0, said
    return int(counted.read_text().split()[0])


def fell(counted):
    """How many calls failed or did half; None where the program did not come to its exit."""
    found = int(counted.read_text().split()[1]) if counted.exists() else None
    counted.unlink(missing_ok=True)
    return found


def choose(count):
    """Which calls are to fail."""
    count = min(count, MOST)
    if ALL or count <= 2:
        return range(1, count + 1)
    return sorted({1, (count + 1) // 2, count})


def allowed(call, how):
    if how in ("EINTR", "SHORT"):
        return {0}
    if call in READS:
        return {0, MISSING, WRITE}
    if call in ("write", "pwrite", "writev", "rename", "ftruncate"):
        return {WRITE}
    return {0, WRITE, MISSING} if call == "open" else {0, WRITE}


def check(case, base, call, n, how, lasting):
    """One try; how many calls failed, and a list of what is wrong."""
    words = f"{call}:{n}{'+' if lasting else ''}:{how}"
    counted = base / "fell"
    code, said, cwd = case.try_out(base, LD_PRELOAD=str(LIBRARY), FAIL_CALLS=words, FAIL_COUNT=str(counted))
    fallen = fell(counted)
    wrong = []
    if fallen is None or (fallen > 1 and not lasting):
        wrong.append(f"{fallen} calls failed: {said.strip()[-300:]}")
    if code not in (allowed(call, how) if fallen else {0}):
        wrong.append(f"exit code {code}: {said.strip()[-300:]}")
    if code != 0 and not said.strip():
        wrong.append(f"exit code {code} without a word")
    for name in case.files:
        found = content(cwd / name)
        if found is None and code == 0:
            wrong.append(f"{name} is missing though the exit code is 0")
        elif found is not None and found != case.right[name]:
            wrong.append(f"{name} is another file (exit code {code})")
    if call in READS and any(cwd.rglob("*.bad")):
        wrong.append("a block that could not be read was set aside")
    if code != 0 and case.name in ("sweep", "go_on", "merge") and not any(content(cwd / f) for f in case.files):
        code, said = run(case.words, cwd)
        if code != 0 or content(cwd / case.files[0]) != case.right[case.files[0]]:
            wrong.append(f"the same command again: exit code {code}, or another file: {said.strip()[-300:]}")
        kept = re.search(r"(\d+) of 6 runs are there from before", said)
        if case.safe > int(kept.group(1) if kept else 0):
            wrong.append(f"of {case.safe} runs that were safe are left: {said.strip()[-300:]}")
    return fallen or 0, [f"{case.name} {words}: {what}" for what in wrong]


def main():
    base = Path(tempfile.mkdtemp(prefix="ecopark_fail_", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
    wrong, tries, missed = [], 0, 0
    try:
        for case in prepare(base):
            code, said, cwd = case.try_out(base)
            assert code == 0, said
            case.right = {name: content(cwd / name) for name in case.files}
            assert None not in case.right.values(), case.right
            for call in WRITES + READS:
                count = count_calls(case, base, call)
                numbers = list(choose(count))
                hows = [("EIO", False), ("EINTR", False)]
                hows += [("SHORT", False)] if call in ("write", "pwrite", "writev", "read", "pread") else []
                hows += [("ENOSPC", True)] if call in ("write", "pwrite", "writev", "fsync", "open") else []
                for n, (how, lasting) in itertools.product(numbers, hows):
                    if not ALL and how != "EIO" and n != numbers[len(numbers) // 2]:
                        continue
                    fallen, here = check(case, base, call, n, how, lasting)
                    wrong += here
                    print("".join(f"{what}\n" for what in here), end="", flush=True)
                    tries += fallen > 0
                    missed += fallen == 0
                print(f"{case.name:8} {call:10} {count:5} calls", flush=True)
    finally:
        shutil.rmtree(base)
    print(f"{tries} tries in which calls failed, {missed} that did not come so far, {len(wrong)} wrong")
    return 1 if wrong or tries < 100 or missed > tries / 10 else 0


if __name__ == "__main__":
    sys.exit(main())
