#!/bin/bash
# tests/refused/NAME.cfg must be refused by `ecopark check` and by `ecopark run` (a study by `plan` and
# `sweep`), in the same words and without leaving a results file. NAME.expected says how: its first
# line is "exit N", the others are stderr, a shell pattern a line ("..." alone stands for any number of
# lines). Places are shown as
# NAME.cfg:LINE, since the program runs in this folder.
set -u
cd "$(dirname "$0")" || exit 1
. ../support/compare.sh
here=$(mktemp -d /tmp/ecopark_refused_XXXXXX)
trap 'rm -rf "$here"' EXIT
expected_code=$(sed -n '1s/^exit \([0-9][0-9]*\)$/\1/p' "$1.expected")
sed 1d "$1.expected" >"$here/patterns"
if [ -z "$expected_code" ] || [ "$expected_code" = 0 ] || [ ! -s "$here/patterns" ]; then
    echo "$1.expected must begin with a line 'exit N' (not 0), followed by the lines of stderr"
    exit 1
fi

failed=0
attempt() { # what to call it, then the command
    local name=$1 code
    shift
    "$@" </dev/null >"$here/stdout" 2>"$here/stderr"
    code=$?
    if [ $code != "$expected_code" ]; then
        echo "$name: exit code $code instead of $expected_code"
        failed=1
    fi
    compare_glob "$here/patterns" "$here/stderr" || { echo "($name)"; failed=1; }
}
attempt check "$ECOPARK" check "$1.cfg"
if grep -q '^park *= *"' "$1.cfg"; then
    attempt plan "$ECOPARK" plan "$1.cfg" -o "$here/out/results.h5"
    attempt sweep "$ECOPARK" sweep "$1.cfg" -o "$here/out/results.h5" --quiet
else
    attempt run "$ECOPARK" run "$1.cfg" -o "$here/out/results.h5" --quiet
fi
if [ -e "$here/out/results.h5" ] || [ -e "$here/out/results.h5.part" ] ||
    [ -e "$here/out/results.h5.parts" ]; then
    echo "left a results file"
    failed=1
fi
exit $failed
