#!/usr/bin/python3
"""Check that includes go down only (the floor table of the house), by their full path from the root.

    scripts/check_layers.py [ROOT]      prints each violation, ends with 1 if there is one

Checked: who includes whom; that what is included is there; headers for one floor only
(<libconfig.h>, <hdf5.h>, <omp.h>); *_priv.h stay in their folder; file names are unique;
USES in CMakeLists.txt says no more than the table;
exceptions are still needed; no comment cites a document that is not in the tree;
tolerances of the rate solver have names; the engine's code has no word of what parks are made of.
"""
import os
import re
import sys

# folder -> folders it may include, besides its own; or single headers, with those that they include
FLOORS = {
    "sim/base": [],
    "sim/num": ["sim/base"],
    "sim/cfg": ["sim/base", "sim/num"],
    "sim/core": ["sim/base", "sim/num"],
    "sim/store": ["sim/base", "sim/num"],
    "sim/flow": ["sim/base", "sim/num", "sim/core"],
    "sim/sweep": ["sim/base", "sim/num", "sim/cfg", "sim/store"],
    "sim/compare": ["sim/base", "sim/num", "sim/store", "sim/sweep"],
    "sim/export": ["sim/base", "sim/num", "sim/store", "sim/sweep"],
    "sim/cli": ["sim/base", "sim/num", "sim/cfg", "sim/store", "sim/sweep", "sim/compare", "sim/export"],
    "models/park": ["sim/base", "sim/num", "sim/cfg", "sim/core", "sim/flow", "sim/sweep/model.h",
                    "sim/export/export.h"],
}

# The rooms of models/park, from the ground floor up: what each may include, besides its own and what the whole
# model may. The machine (base to ask) names no kind of thing; kinds never include each other, nor why, out, tell.
ROOMS = {
    "base": [],
    "read": ["base"],
    "net": ["base"],
    "check": ["base", "read", "net"],
    "book": ["base", "net"],
    "run": ["base", "net", "book"],
    "why": ["base", "net", "run"],
    "out": ["base", "net", "book", "run", "why"],
    "ask": ["base", "net", "book", "out"],
    "trial": ["base", "net", "book", "run", "why", "out", "ask"],
    "kinds/things": ["base", "read", "net", "check", "book", "run", "ask"],
    "kinds/units": ["base", "read", "net", "check", "book", "run", "ask"],
    "kinds/ways": ["base", "read", "net", "check", "book", "run", "ask"],
    "kinds/trade": ["base", "read", "net", "check", "book", "run", "ask"],
    "kinds": ["base", "kinds/things", "kinds/units", "kinds/ways", "kinds/trade"],
    "tell": ["base", "read", "net", "check", "book", "run", "why", "out", "ask", "trial"],
}
PARK = "models/park"
ENGINE = list(FLOORS[PARK])
FLOORS.update({f"{PARK}/{room}": ENGINE + [f"{PARK}/{below}" for below in rooms] for room, rooms in ROOMS.items()})
FLOORS[PARK] = ENGINE + [f"{PARK}/{room}" for room in ROOMS]

# What a single file may include beyond its floor. Each is a debt: one that is no longer needed is a fault, too.
ALSO = {
    "models/park/main.c": ["sim/cli"],
}
ONLY_IN = {"libconfig.h": "sim/cfg", "hdf5.h": "sim/store", "hdf5_hl.h": "sim/store", "omp.h": "sim/sweep"}
GENERATED = {"sim/base/base.c": ["eco_commit.h"]}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
# "DESIGN 3", "STYLE.md": papers that lie beside the project, not in it.
DOCUMENT = re.compile(r"\b(DESIGN|RULES|STYLE|RESULTS|HOUSE|TRAPS)(?:\.md\b| \d+\b)")
BARE_TOLERANCE = re.compile(r"(?<![\w.])[0-9.]+e-[0-9]+")
# What the engine must not know: it takes names, tables and words from the model (sim/sweep/model.h). `park` itself stays,
# as the key of a study file and as the word for the file that a study changes: users write and read it so.
PARK_WORD = re.compile(r"(?<![a-z])(boilers?|firms?|exchanges?|ledger|part(?:y|ies)|utilit(?:y|ies)|markets?|chp|kiln)(?![a-z])",
                       re.IGNORECASE)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
EXAMPLES = {"sim/cfg/tree_edit.c", "sim/cfg/tree_splice.c", "sim/cfg/tree_table.c"}  # "firms.mill.capacity = 12 t/h"
SOURCES = (".c", ".h", ".def")
MAY_REPEAT = {"CMakeLists.txt", "README.md", "__init__.py"}


def files_below(root, folders):
    for folder in folders:
        for path, names, files in os.walk(os.path.join(root, folder)):
            names[:] = sorted(n for n in names if n != "__pycache__")
            for name in sorted(files):
                yield os.path.relpath(os.path.join(path, name), root)


def allowed_below(root, folder):
    """The folders, and the single headers, that files of a folder may include."""
    folders = [f for f in FLOORS[folder] if not f.endswith(".h")]
    headers = [f for f in FLOORS[folder] if f.endswith(".h")]
    for header in list(headers):
        if os.path.isfile(os.path.join(root, header)):
            with open(os.path.join(root, header), encoding="utf-8") as lines:
                found = [INCLUDE.match(line) for line in lines]
            headers += [m.group(2) for m in found if m and m.group(1) == '"']
    return folders, headers


def may_include(root, source, target):
    folder = os.path.dirname(source)
    folders, headers = allowed_below(root, folder)
    return target in headers or os.path.dirname(target) in [folder] + folders


def excuse(source, target):
    """The entry of ALSO that lets source include target, or None."""
    for entry in (target, os.path.dirname(target)):
        if entry in ALSO.get(source, []):
            return entry
    return None


def check_project_include(root, source, target, used):
    """What is wrong with `#include "target"` in source, or None."""
    if target in GENERATED.get(source, []):
        return None
    if not os.path.isfile(os.path.join(root, target)):
        return f'"{target}" is no full path from the root of the tree'
    if source.startswith("tests/"):
        return None
    excused = excuse(source, target)
    is_far = os.path.dirname(target) != os.path.dirname(source)
    if target.endswith("_priv.h") and is_far and not excused:
        return f'"{target}" belongs to its own folder'
    if not may_include(root, source, target) or (target.endswith("_priv.h") and is_far):
        if excused:
            used.add((source, excused))
            return None
        return f'"{target}" is not on a floor below {os.path.dirname(source)}'
    return None


def check_file(root, source, used):
    with open(os.path.join(root, source), encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            bracket, target = match.groups()
            fault = None
            if bracket == '"':
                fault = check_project_include(root, source, target, used)
            elif not source.startswith("tests/"):
                home = ONLY_IN.get(target)
                if home and os.path.dirname(source) != home:
                    fault = f"<{target}> is for {home} only"
            if fault:
                yield f"{source}:{number}: {fault}"


def check_documents(root, path):
    """A reader has the tree alone, so a comment says what it means."""
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            for name in DOCUMENT.findall(line):
                yield f"{path}:{number}: cites {name}, which is not in the tree: say what it says"


def check_tolerances(root, path):
    """In the rate solver each tolerance has its name and meaning in one header."""
    with open(os.path.join(root, path), encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            code = line.split("//")[0]
            if BARE_TOLERANCE.search(code) and not code.lstrip().startswith(("*", "/*")):
                yield f"{path}:{number}: a bare tolerance; it belongs into sim/flow/tolerances.h"


def check_words(root, path):
    """The engine names nothing that a park is made of; comments may, as examples."""
    with open(os.path.join(root, path), encoding="utf-8") as file:
        code = COMMENT.sub(lambda c: re.sub(r"[^\n]", " ", c.group(0)), file.read())
    for number, line in enumerate(code.split("\n"), 1):
        for word in PARK_WORD.findall(line):
            yield f"{path}:{number}: '{word}' is a word of parks; the model says it"


def check_excuses(root, used):
    """Exceptions that nothing needs any more."""
    for source, targets in sorted(ALSO.items()):
        is_there = os.path.isfile(os.path.join(root, source))
        if not is_there and not os.path.isfile(os.path.join(root, "scripts/check_layers.py")):
            continue  # a tree made by a test
        for target in targets:
            if (source, target) not in used:
                yield f"{source}: may include {target} by exception, and does not: remove it from ALSO"


def check_uses(root, path):
    """USES of each eco_module against the table."""
    folder = os.path.dirname(path)
    folders, headers = allowed_below(root, folder)
    allowed = {f.replace("/", "_") for f in folders + [os.path.dirname(h) for h in headers]}
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = re.sub(r"#.*", "", file.read())
    for call in re.findall(r"eco_module\(([^)]*)\)", text):
        words = call.split()
        if "USES" not in words:
            continue
        for word in words[words.index("USES") + 1:]:
            if word in ("SOURCES", "PRIVATELY"):
                break
            if word not in allowed:
                yield f"{path}: USES {word}, which is not on a floor below {folder}"


def check_names(paths):
    seen = {}
    for path in paths:
        name = os.path.basename(path)
        if name in MAY_REPEAT or not name.endswith(SOURCES + (".py", ".sh")):
            continue
        if name in seen:
            yield f"{path}: there is also {seen[name]}; file names are unique in the whole tree"
        seen.setdefault(name, path)


def check(root):
    faults = []
    used = set()
    for path in files_below(root, ["sim", "models", "tests"]):
        folder = os.path.dirname(path)
        if path.endswith(SOURCES):
            if not path.startswith("tests/") and folder not in FLOORS:
                faults.append(f"{path}: {folder} is not in the floor table of scripts/check_layers.py")
                continue
            faults += check_file(root, path, used)
            faults += check_documents(root, path)
            if folder == "sim/flow" and not path.endswith("/tolerances.h"):
                faults += check_tolerances(root, path)
            if folder.startswith("sim/") and path not in EXAMPLES:
                faults += check_words(root, path)
        elif os.path.basename(path) == "CMakeLists.txt" and folder in FLOORS:
            faults += check_uses(root, path)
    faults += check_excuses(root, used)
    faults += check_names(files_below(root, ["sim", "models", "tests", "scripts"]))
    return faults


def main():
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    root = sys.argv[1] if len(sys.argv) > 1 else here
    faults = check(root)
    for fault in faults:
        print(fault)
    if not any(True for _ in files_below(root, ["sim"])):
        faults.append("nothing to check")
        print(f"{root}: no files below sim/")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
