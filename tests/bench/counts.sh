#!/bin/bash
# Instructions (valgrind's callgrind) of fixed workloads, which no other load disturbs: written to
# tests/bench/counts.txt, so that a change that makes an event dearer shows in the diff.
#
#     tests/bench/counts.sh build/release            prints and writes them anew (some minutes)
#     tests/bench/counts.sh build/release --print    prints them only
#
# A line: workload, million instructions of the whole `run`, of its trial alone, events, and thousands
# of instructions an event. Another compiler or libc counts otherwise: compare within one machine.
set -eu
build=$(cd "${1:?which build tree?}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# count NAME PARK [OPTION]...
count() {
    local name=$1 park=$2
    shift 2
    (cd "$root" && valgrind --tool=callgrind --callgrind-out-file="$work/whole" "$build/ecopark" run "$park" "$@" \
        --threads 1 -o "$work/r.h5" --quiet --json >"$work/summary" 2>"$work/told")
    local whole trial events
    whole=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$work/told")
    (cd "$root" && valgrind --tool=callgrind --callgrind-out-file="$work/trial" --collect-atstart=no \
        --toggle-collect=park_run_trial "$build/ecopark" run "$park" "$@" --threads 1 -o "$work/r.h5" --quiet \
        >/dev/null 2>"$work/told")
    trial=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$work/told")
    events=$(sed -n 's/^  "events": \([0-9]*\),$/\1/p' "$work/summary" | tail -1)
    awk -v n="$name" -v w="$whole" -v t="$trial" -v e="$events" \
        'BEGIN { printf "%-28s %10.1f %10.1f %9d %10.2f\n", n, w / 1e6, t / 1e6, e, t / e / 1e3 }'
}

{
    echo "# workload                run [M]  trial [M]    events  an event [k]   (tests/bench/counts.sh)"
    count first_park configs/first_park.cfg
    count ulsan configs/ulsan.cfg
    count kalundborg_1995 configs/kalundborg_1995.cfg
    count kalundborg_history configs/kalundborg_history.cfg
    for park in apart common delays; do
        "$build/tests/generate_park" "$work/$park" 50 20 "$park" >/dev/null
        count "fifty_firms_$park" "$work/$park/park.cfg"
    done
} | if [ "${2:-}" = --print ]; then cat; else tee "$here/counts.txt"; fi
