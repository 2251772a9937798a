#!/usr/bin/python3
"""Calls whose failure loses data, and which nobody may forget to look at.

    scripts/check_calls.py [ROOT]       ends with 0 when all is well, else names file and line

HDF5: a call stands inside SIM_H5_OK or SIM_H5_ID (sim/store/h5.h), which keep its failure, or it is a question whose
answer is used; closing is done by sim_h5_release alone. The system: files are opened, written, flushed, cut, renamed
and closed through sim/base/sys.h, which goes on after EINTR and short counts.
"""
import re
import sys
from pathlib import Path

HDF5 = re.compile(r"\bH5[A-Z]{0,3}[a-z]\w*(?=\()")
# Questions: their answer is looked at where it is given.
QUESTIONS = set("""H5Aexists H5Lexists H5Lget_info H5Iget_type H5Iget_name H5Tequal H5Tget_class H5Tget_size H5Tget_sign
    H5Tget_strpad H5Tis_variable_str H5Tget_super H5Tget_member_index H5Tget_member_type H5Sget_simple_extent_ndims
    H5Sget_simple_extent_npoints H5Sget_simple_extent_type H5Pget_layout H5Pget_external_count H5Pget_chunk
    H5Dget_storage_size H5Rdereference2 H5Literate H5Aiterate2""".split())
# Nothing is lost when they fail: error stacks, memory that HDF5 gave.
HARMLESS = set("H5Eset_auto2 H5Ewalk2 H5Eclear2 H5dont_atexit H5free_memory".split())
# The one place that closes, and the driver that HDF5 calls.
PLACES = {"sim/store/h5.c": set("H5Fclose H5Gclose H5Tclose H5Sclose H5Dclose H5Aclose H5Pclose H5FDunregister".split()),
          "sim/store/h5file.c": set("H5FDregister H5Pset_driver H5Pget_driver_info".split())}

SYSTEM = re.compile(r"(?<![\w.>])(open|openat|creat|write|pwrite|writev|read|pread|fsync|fdatasync|ftruncate|truncate|"
                    r"rename|close|fopen|fclose|fread|fwrite|fputs)(?=\()")
# Standard streams, /proc, folders.
ALLOWED = {"sim/base/sys.c": None, "sim/cli/cli.c": {"fputs"}, "sim/sweep/machine.c": {"fopen", "fclose"},
           "sim/base/base.c": {"fputs"}, "sim/base/log.c": {"fputs", "fwrite"}, "sim/core/trace.c": {"fputs"},
           "sim/cli/cli_stop.c": {"write"}, "sim/cfg/tree_scan.c": {"close"}}  # of a signal; of a bracket


def bare(text):
    """The text with comments and strings blanked out, lines kept."""
    def blank(found):
        return re.sub(r"[^\n]", " ", found.group(0))

    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def is_guarded(text, at):
    """Whether position `at` lies within the parentheses of SIM_H5_OK or SIM_H5_ID."""
    depth = 0
    for i in range(at - 1, max(at - 2000, -1), -1):
        if text[i] == ")":
            depth += 1
        elif text[i] == "(":
            depth -= 1
            if depth < 0:
                depth = 0
                if re.search(r"SIM_H5_(OK|ID)$", text[max(i - 12, 0):i]):
                    return True
        elif text[i] in ";{}" and depth == 0:
            return False
    return False


def is_dropped(text, at):
    """A statement of its own, or cast to void."""
    before = text[:at].rstrip()
    return before.endswith((";", "{", "}")) or before.endswith("(void)")


def check_hdf5(name, text):
    for found in HDF5.finditer(text):
        call = found.group(0)
        if call in HARMLESS or call in PLACES.get(name, ()) or is_guarded(text, found.start()):
            continue
        if call in QUESTIONS and not is_dropped(text, found.start()):
            continue
        yield found.start(), f"{call}: put it into SIM_H5_OK or SIM_H5_ID, or use sim_h5_release"


def check_system(name, text):
    allowed = ALLOWED.get(name, set())
    for found in SYSTEM.finditer(text):
        if allowed is not None and found.group(0) not in allowed:
            yield found.start(), f"{found.group(0)}: go through sim/base/sys.h"


def check(root):
    wrong = []
    for path in sorted([*root.glob("sim/**/*.c"), *root.glob("models/**/*.c")]):
        name = str(path.relative_to(root))
        text = bare(path.read_text())
        for at, what in [*check_hdf5(name, text), *check_system(name, text)]:
            wrong.append(f"{name}:{text.count(chr(10), 0, at) + 1}: {what}")
    return wrong


def main():
    wrong = check(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    print("\n".join(wrong) if wrong else "all calls are looked at")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
