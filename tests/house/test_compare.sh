#!/bin/bash
# The matcher of the command-line tests takes what fits and refuses what does not.
set -u
. "$(dirname "$0")/../support/compare.sh"
here=$(mktemp -d /tmp/ecopark_compare_XXXXXX)
trap 'rm -rf "$here"' EXIT
failed=0

expect() { # fits|misfits, patterns, output (both printf formats)
    printf "$2" >"$here/patterns"
    printf "$3" >"$here/output"
    local found=fits
    compare_glob "$here/patterns" "$here/output" >/dev/null || found=misfits
    if [ $found != "$1" ]; then
        echo "'$2' against '$3': $found instead of $1"
        failed=1
    fi
}
expect fits 'a\n' 'a\n'
expect misfits 'a\n' 'b\n'
expect misfits 'a\n' ''
expect misfits '' 'a\n'
expect misfits 'a\n' 'a\nb\n'
expect misfits 'a\nb\n' 'a\n'
expect fits 'took * s\n' 'took 0.3 s\n'
expect misfits 'took * s\n' 'took 0.3 h\n'
expect fits 'a?c\n' 'abc\n'
expect fits '9 t/h [assumed]\n' '9 t/h [assumed]\n'
expect misfits '9 t/h [assumed]\n' '9 t/h a\n'
expect fits 'a\\\\b\n' 'a\\\\b\n'
expect fits '...\n' ''
expect fits '...\n' 'a\nb\n'
expect fits '...\nb\n' 'a\nb\n'
expect fits '...\nb\n' 'b\nc\nb\n'
expect misfits '...\nb\n' 'a\nc\n'
expect fits 'a\n...\n' 'a\n'
expect fits 'a\n...\nd\n...\n' 'a\nb\nc\nd\n'
expect misfits 'a\n...\nd\n' 'a\nb\nd\ne\n'
exit $failed
