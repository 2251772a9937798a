#!/usr/bin/python3
"""Check that what README.md shows is what happens.

    tests/house/check_readme.py [ROOT]            prints each fault, ends with 1 if there is one
    tests/house/check_readme.py --update [ROOT]   puts the real output into README.md instead

A block ```sh after a line `<!-- try -->` or `<!-- try: exit 65 -->` is run, all in one bash, in a fresh
folder that holds configs/ and build/release/ecopark (the program that ECOPARK names). The block ```text
after it must be what it printed, errors included; wall time, memory and the rounding left in balances
may differ, and lines of progress may come between, as they do where a sweep takes 10 s. In pictures (configs/*.svg) each element with data-link must show what the park of
the same name gives, and every link of README.md to a file must lead to one.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

BLOCK = re.compile(r"^<!-- try(?:: exit (\d+))? -->\n```sh\n(.*?)^```\n(?:\n?```text\n(.*?)^```\n)?",
                   re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)|src=\"([^\":]+)\"")

PROGRESS = re.compile(r"^(?: *\d+ %  .* left|writing \S+: [\d,]+ of [\d,]+ runs)\n", re.MULTILINE)


def alike(text):
    """What may differ between two correct runs, made the same."""
    text = PROGRESS.sub("", text)
    text = re.sub(r"events in [\d.]+ s, \d+ MB", "events in T s, M MB", text)
    text = re.sub(r"[\d,]+ made now( \([^)]*\))? in [\d.]+ s \([^)]*\), \d+ MB", "N made now in T s, M MB", text)
    return re.sub(r"close (exactly; their throughput is|within 1e-\d+ of their throughput, which is)",
                  "close", text)


def furnish(root, folder):
    shutil.copytree(os.path.join(root, "configs"), os.path.join(folder, "configs"))
    os.makedirs(os.path.join(folder, "build/release"))
    os.symlink(os.environ["ECOPARK"], os.path.join(folder, "build/release/ecopark"))


def read_text(path):
    """Nothing where an earlier block ended the shell."""
    if not os.path.isfile(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def run_blocks(root, blocks):
    """[(exit code, output)] of each block; all run in one bash, since one sets what another uses."""
    with tempfile.TemporaryDirectory(prefix="ecopark_readme_") as folder, \
            tempfile.TemporaryDirectory(prefix="ecopark_blocks_") as aside:
        furnish(root, folder)
        script = []
        for number, commands in enumerate(blocks):
            path = os.path.join(aside, str(number))
            with open(path, "w", encoding="utf-8") as file:
                file.write(commands)
            script.append(f". {path} </dev/null >{path}.out 2>&1; echo $? >{path}.code")
        subprocess.run(["bash", "-c", "\n".join(script)], cwd=folder, check=False, timeout=300)
        results = []
        for number in range(len(blocks)):
            path = os.path.join(aside, str(number))
            code = read_text(path + ".code")
            results.append((int(code or -1), read_text(path + ".out")))
        return results


def check_block(match, result):
    code, output = result
    wanted = int(match.group(1) or 0)
    if code != wanted:
        yield f"exit code {code} instead of {wanted}; it printed\n{output}"
    if match.group(3) is not None and alike(match.group(3)) != alike(output):
        yield f"README.md shows\n{match.group(3)}but it prints\n{output}"


def check_blocks(root, text):
    matches = list(BLOCK.finditer(text))
    if not matches:
        yield "README.md: no block to try"
        return
    for match, result in zip(matches, run_blocks(root, [m.group(2) for m in matches])):
        line = text.count("\n", 0, match.start(2)) + 1
        for fault in check_block(match, result):
            yield f"README.md:{line}: {fault}"


def updated(root, text):
    results = iter(run_blocks(root, [m.group(2) for m in BLOCK.finditer(text)]))

    def put(match):
        output = next(results)[1]
        if match.group(3) is None or alike(match.group(3)) == alike(output):
            return match.group(0)
        begin = match.start(3) - match.start(0)
        return match.group(0)[:begin] + output + match.group(0)[begin + len(match.group(3)):]

    return BLOCK.sub(put, text)


def check_links(root, text):
    for match in LINK.finditer(text):
        target = match.group(1) or match.group(2)
        if not os.path.exists(os.path.join(root, target)):
            line = text.count("\n", 0, match.start()) + 1
            yield f"README.md:{line}: there is no {target}"


def check_picture(root, picture):
    """Elements with data-link="mill > landfill: sludge" say "14 t"."""
    park = picture[:-len(".svg")] + ".cfg"
    with tempfile.TemporaryDirectory(prefix="ecopark_picture_") as folder:
        run = subprocess.run([os.environ["ECOPARK"], "run", park, "--json", "-o", os.path.join(folder, "r.h5")],
                             cwd=root, check=True, stdout=subprocess.PIPE)
    flows = {flow["label"]: flow for flow in json.loads(run.stdout)["flows"]}
    shown = 0
    for element in xml.etree.ElementTree.parse(os.path.join(root, picture)).iter():
        label = element.get("data-link")
        if label is None:
            continue
        shown += 1
        if label not in flows:
            yield f"{picture}: the park has no flow '{label}'"
            continue
        right = f"{flows[label]['amount']:,.0f} {flows[label]['unit']}"
        if element.text != right:
            yield f"{picture}: '{label}' shows {element.text} instead of {right}"
    if not shown:
        yield f"{picture}: shows no flow (data-link)"


def check(root):
    with open(os.path.join(root, "README.md"), encoding="utf-8") as file:
        text = file.read()
    faults = list(check_links(root, text)) + list(check_blocks(root, text))
    for picture in sorted(glob.glob(os.path.join(root, "configs/*.svg"))):
        faults += check_picture(root, os.path.relpath(picture, root))
    return faults


def update(root):
    path = os.path.join(root, "README.md")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(updated(root, text))


def main():
    words = sys.argv[1:]
    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    roots = [word for word in words if word != "--update"]
    root = os.path.abspath(roots[0] if roots else here)
    os.environ["ECOPARK"] = os.path.abspath(os.environ.get("ECOPARK", os.path.join(root, "build/release/ecopark")))
    if "--update" in words:
        update(root)
    faults = check(root)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
