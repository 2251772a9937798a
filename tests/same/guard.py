#!/usr/bin/python3
"""Hold what the shipped parks and studies give, to the bit, while the house is rebuilt.

    tests/same/guard.py ECOPARK            compare with guard.txt, end with 1 where something differs
    tests/same/guard.py ECOPARK --write    take what comes out now as what is right

For each park in configs/ (every design of it) and each study one line: its name and the first sixteen digits of the
SHA-256 of trace, summary (--json, without WORK below) and results. Results are hashed by content: each group, dataset and attribute by
name, type, shape and value, without /execution and what tells of the machine (MACHINE below). A commit that changes
what a park means writes guard.txt anew and says in its message which lines changed, and why.
"""
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

import h5py

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GUARD = os.path.join(ROOT, "tests", "same", "guard.txt")
MACHINE = {"source", "compiler", "study_hash", "content_hash"}  # both hashes cover the program's version
WORK = {"wall_s", "peak_mb", "version", "rates"}  # of a summary: what it took, not what came out
ABSENT = "-" * 16


def short(digest):
    return digest.hexdigest()[:16]


def hash_file(path):
    if not os.path.isfile(path):
        return ABSENT
    with open(path, "rb") as file:
        return short(hashlib.sha256(file.read()))


def words_of(value):
    """Bytes of an attribute's or a dataset's value; texts of any sort as UTF-8."""
    if hasattr(value, "dtype") and value.dtype != object:
        return f"{value.dtype.str}{value.shape}".encode() + value.tobytes()
    if hasattr(value, "dtype"):
        return b"\0".join(v if isinstance(v, bytes) else str(v).encode() for v in value.ravel())
    return value if isinstance(value, bytes) else str(value).encode()


def hash_attributes(digest, thing):
    for name in sorted(thing.attrs):
        if name in MACHINE or name in ("DIMENSION_LIST", "REFERENCE_LIST"):  # addresses in the file
            continue
        digest.update(b"\1" + name.encode() + b"\2" + words_of(thing.attrs[name]))


def hash_results(path):
    if not os.path.isfile(path):
        return ABSENT
    digest = hashlib.sha256()
    with h5py.File(path, "r") as file:
        names = []
        file.visit(names.append)
        hash_attributes(digest, file)
        for name in sorted(names):
            if name.split("/")[0] == "execution":
                continue
            thing = file[name]
            digest.update(b"\3" + name.encode())
            hash_attributes(digest, thing)
            if isinstance(thing, h5py.Dataset):
                digest.update(b"\4" + words_of(thing[()]))
    return short(digest)


def hash_summary(text):
    told = {key: value for key, value in json.loads(text).items() if key not in WORK}
    return short(hashlib.sha256(json.dumps(told).encode()))


def designs_of(text):
    block = re.search(r"^designs\s*=\s*\{(.*?)^\};", text, re.S | re.M)
    return sorted(re.findall(r"^  (\w+)\s*=", block.group(1), re.M)) if block else []


def jobs():
    """Each thing to hold: its name, and the words of the command that makes it."""
    for name in sorted(os.listdir(os.path.join(ROOT, "configs"))):
        path = os.path.join("configs", name)
        if not name.endswith(".cfg"):
            continue
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            text = file.read()
        if re.search(r"^study\s*=", text, re.M):
            yield name, ["sweep", path, "--threads", "2"]
            yield name + ":0", ["run", path, "--point", "0", "--replication", "0"]
            continue
        yield name, ["run", path]
        for design in designs_of(text):
            yield f"{name}/{design}", ["run", path, "--design", design]


def line_of(program, name, words, folder):
    """Made inside folder, which sees configs/ too, so that the paths told are always the same."""
    results, trace = os.path.join(folder, "r.h5"), os.path.join(folder, "r.trace")
    extra = ["--trace", "r.trace"] if words[0] == "run" else []
    done = subprocess.run([program, *words, "-o", "r.h5", "--json", "--quiet", *extra], cwd=folder,
                          stdout=subprocess.PIPE, check=False)
    summary = hash_summary(done.stdout) if words[0] == "run" else ABSENT  # a sweep's tells of its work only
    line = f"{name} {hash_file(trace)} {summary} {hash_results(results)}"
    for path in (results, trace):
        if os.path.exists(path):
            os.remove(path)
    return line if done.returncode == 0 else f"{line} exit {done.returncode}"


def compare(now):
    with open(GUARD, encoding="utf-8") as file:
        was = dict(line.split(" ", 1) for line in file.read().splitlines() if not line.startswith("#"))
    now = dict(line.split(" ", 1) for line in now)
    wrong = 0
    for name in sorted(set(was) | set(now)):
        if was.get(name) == now.get(name):
            continue
        wrong += 1
        parts = [w for w, a, b in zip(("trace", "summary", "results"), was.get(name, "").split(),
                                      now.get(name, "").split()) if a != b]
        print(f"{name}: {', '.join(parts) or 'not there before, or gone'} differs: "
              f"was {was.get(name)}, is {now.get(name)}")
    print(f"{len(now)} parks and studies, {wrong} differ")
    return 1 if wrong or not now else 0


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.join(ROOT, "configs"), os.path.join(folder, "configs"))
        now = [line_of(program, name, words, folder) for name, words in jobs()]
    if "--write" in sys.argv[2:]:
        with open(GUARD, "w", encoding="utf-8") as file:
            file.write("# name, trace, summary, results: written by tests/same/guard.py --write\n")
            file.write("\n".join(now) + "\n")
        return 0
    return compare(now)


if __name__ == "__main__":
    sys.exit(main())
