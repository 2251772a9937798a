#!/bin/bash
# Run tests/cli/NAME.sh in a fresh folder and compare what it does with the files beside it:
#   NAME.sh.stdout.exact   its output, letter by letter      (or)
#   NAME.sh.stdout.glob    a shell pattern a line; "..." alone stands for any number of lines
#   NAME.sh.stderr.exact, NAME.sh.stderr.glob   likewise; without either, stderr is not looked at
#   NAME.sh.exit           the exit code; without it 0
# `ecopark` on its PATH is the program built here, ROOT is the tree. In the output the two folders are
# shown as ROOT and HERE. One of the stdout files must be there: a case that checks nothing is refused.
set -u
cases=$(cd "$(dirname "$0")" && pwd)
. "$cases/../support/compare.sh"
script=$cases/$1.sh
export ROOT=${cases%/tests/cli}
PATH=$(dirname "$ECOPARK"):$PATH
here=$(mktemp -d /tmp/ecopark_cli_XXXXXX)
trap 'rm -rf "$here"' EXIT
mkdir "$here/work"
(cd "$here/work" && exec bash "$script" </dev/null >"$here/raw_stdout" 2>"$here/raw_stderr")
code=$?
for stream in stdout stderr; do
    sed -e "s|$here/work|HERE|g" -e "s|$ROOT|ROOT|g" "$here/raw_$stream" >"$here/$stream"
done

failed=0
expected_code=0
[ ! -f "$script.exit" ] || expected_code=$(tr -d '[:space:]' <"$script.exit")
if [ "$code" != "$expected_code" ]; then
    echo "$1: exit code $code instead of $expected_code"
    failed=1
fi
checked=0
for stream in stdout stderr; do
    if [ -f "$script.$stream.exact" ]; then
        diff -u "$script.$stream.exact" "$here/$stream" || failed=1
        [ $stream = stderr ] || checked=1
    fi
    if [ -f "$script.$stream.glob" ]; then
        compare_glob "$script.$stream.glob" "$here/$stream" || failed=1
        [ $stream = stderr ] || checked=1
    fi
done
if [ $checked = 0 ]; then
    echo "$1: neither $1.sh.stdout.exact nor .glob is there"
    failed=1
fi
if [ $failed = 1 ]; then
    echo "--- stderr was:"
    head -50 "$here/stderr"
fi
exit $failed
