#!/bin/bash
# Check, in the static libraries of a build tree, that sim/x/foo.c exports only sim_foo_* and
# models/park/foo.c only park_foo_* (main.c is exempt), and that no file keeps mutable global state.
# Where one header foo.h is written in several files, foo_bar.c beside it may export sim_foo_* too.
#
#     scripts/check_symbols.sh build/dev [ROOT]   prints each violation, ends with 1 if there is one
set -eu
build=${1:?which build tree?}
root=${2-$(cd "$(dirname "$0")/.." && pwd)}
# Flags that a signal handler sets: the one mutable thing a process has to have.
may_change='^(sim/sweep/sweep_stop|sim/cli/cli_stop|sim/sweep/stop)\.c$'

libraries=$(cd "$build" && find sim models -name "lib*.a" 2>/dev/null | LC_ALL=C sort)
if [ -z "$libraries" ]; then
    echo "$build: no static libraries of sim/ or models/ are there; build first"
    exit 1
fi
for library in $libraries; do
    folder=$(dirname "$library")
    prefix=${folder%%/*}_
    [ "$prefix" = sim_ ] || prefix=park_
    headers=$(find "$root/$folder" -name '*.h' 2>/dev/null |
        sed 's|.*/||; s|_priv\.h$||; s|\.h$||' | tr '\n' ' ')
    # "file.c.o:name|value|class|type|size|line|section"; names that begin with __ are the compiler's
    nm --print-file-name --format=sysv --defined-only "$build/$library" |
        sed -n 's/^[^|]*[:[]\([^]:|]*\)\.c\.o\]*:\([^|]*\)|/\1|\2|/p' | tr -d ' ' |
        awk -F'|' -v prefix="$prefix" -v folder="$folder" -v may_change="$may_change" \
            -v headers="$headers" '
            BEGIN { count = split(headers, header, " ") }
            function is_named_well(    i) {
                if (name == prefix file || index(name, prefix file "_") == 1) { return 1 }
                for (i = 1; i <= count; i++) {
                    if (index(file, header[i] "_") == 1 && index(name, prefix header[i] "_") == 1) { return 1 }
                }
                return 0
            }
            { file = $1; name = $2; class = $4; section = $NF; where = folder "/" file ".c" }
            name ~ /^__/ || name ~ /^\.L/ || name == "" { next }
            class ~ /^[A-TV-Z]$/ && file != "main" && !is_named_well() {
                print where ": exports " name "; its names begin with " prefix file "_"; bad = 1
            }
            (section ~ /^\.(data|bss|tdata|tbss)(\.|$)/ || section == "*COM*") && section !~ /^\.data\.rel\.ro/ &&
            where !~ may_change {
                print where ": " name " is mutable global state"; bad = 1
            }
            END { exit bad }' || echo violated
done >"$build/check_symbols.log"
if [ -s "$build/check_symbols.log" ]; then
    grep -v '^violated$' "$build/check_symbols.log"
    exit 1
fi
