#!/bin/bash
# A study as a job array on a real Slurm of its own: a task that is killed, one that is cancelled,
# one whose time limit comes. Ends with 77 (skipped, says ctest) where there can be no Slurm.
#
# ECOPARK names the program; run in the root of the tree.
set -u
root=$PWD
. tests/slurm/cluster.sh
program=$(readlink -f "${ECOPARK:-build/release/ecopark}")

if ! why=$(cluster_can); then
    echo "skipped: $why"
    exit 77
fi
here=$(mktemp -d "/tmp/ecopark slurm Biên Hòa %a.XXXXXX") # names as people give them
trap 'cluster_stop; rm -rf "$here"' EXIT
trap 'exit 1' INT TERM

fail() {
    echo "FAILED: $*"
    tail -n +1 "$here"/*.slurm/log "$here"/*.slurm/shard-*.log 2>/dev/null | tail -n 200
    exit 1
}

expect() { # PATTERN FILE
    grep -q -- "$1" "$2" || fail "no line like '$1' in $2"
}

# submit ARGUMENT...: as a user does, in the folder of the study.
submit() {
    (cd "$here" && "$root/scripts/slurm/submit" "nghiên cứu.cfg" --program "$program" "$@")
}

# program_of TEXT: sets `pid` to the process of ecopark with this in its command.
program_of() {
    local folder words
    for folder in /proc/[0-9]*; do
        { mapfile -d '' words <"$folder/cmdline"; } 2>/dev/null
        if [[ "${words[*]}" == "$program sweep "*"$1"* ]]; then
            pid=${folder#/proc/}
            return 0
        fi
    done
    return 1
}

has_runs() { # FILE SHARD: some are on the disk
    [ -n "$(find "$here/$1.parts" -name "shard-$2-of-*.runs*" -size +20k 2>/dev/null)" ]
}

# hold FILE SHARD SHARDS: stop its process as soon as it is there; sets `pid`.
hold() {
    wait_for 20 program_of "$1 --shard $2/$3" || fail "shard $2 does not begin"
    kill -STOP "$pid" || fail "shard $2 was too fast to be held"
}

# nudge PID FILE SHARD: let it go on until it has made some runs, but not all.
nudge() {
    until has_runs "$2" "$3"; do
        kill -CONT "$1"
        sleep 0.02
        kill -STOP "$1" 2>/dev/null || fail "shard $3 was too fast to be held"
    done
}

is_queue_empty() {
    [ -z "$(squeue -h)" ]
}

cluster_start || fail "Slurm did not start"
echo "$SECONDS s: a Slurm is here"
sed "s|PARK|$root/configs/ulsan.cfg|" tests/slurm/study.cfg >"$here/nghiên cứu.cfg"

# A task whose time limit comes: it is held fast (as a long run would do) until Slurm has warned it.
submit -o "limited.h5" --shards 2 --time 00:01:00 --grace 28 --cpus 2 --at-once 1 || fail "submit"
hold limited.h5 1 2
slow=$pid
nudge "$slow" limited.h5 1

# An array of eight. One task is killed, one cancelled, as soon as they have made some runs.
submit -o "kết quả.h5" --shards 8 --cpus 1 -- --progress none || fail "submit"
array=$(head -n 1 "$here/kết quả.h5.slurm/jobs")
hold "kết quả.h5" 3 8
killed=$pid
hold "kết quả.h5" 6 8
nudge "$killed" "kết quả.h5" 3
kill -KILL "$killed"
nudge "$pid" "kết quả.h5" 6
scancel "${array}_6" # wakes it, and lets it end in good order
submit -o "kết quả.h5" --shards 8 >"$here/twice" 2>&1 && fail "the same study was submitted twice"
expect "is being made already" "$here/twice"
echo "$SECONDS s: killed shard 3, cancelled shard 6"

"$program" sweep "$here/nghiên cứu.cfg" -o "$here/alone.h5" --quiet || fail "without Slurm"
wait_for 60 grep -q "Slurm warns" "$here/limited.h5.slurm/shard-1.log" || fail "no warning came"
kill -CONT "$slow"
echo "$SECONDS s: warned"
wait_for 60 is_queue_empty || fail "the queue does not get empty"
echo "$SECONDS s: the queue is empty"

for name in "kết quả" limited; do
    log="$here/$name.h5.slurm/log"
    expect "h5 is complete" "$log"
    expect "^Round 2: " "$log"
    grep -q "^Round 3" "$log" && fail "more rounds than needed, see $log"
    [ ! -e "$here/$name.h5.parts" ] || fail "$name.h5.parts is left"
    /usr/bin/python3 tests/support/same_file.py "$here/alone.h5" "$here/$name.h5" ||
        fail "$name.h5 is not what comes without Slurm"
done
expect "an array of 2 shards (3,6)" "$here/kết quả.h5.slurm/log"
expect "an array of 1 shards (1)" "$here/limited.h5.slurm/log"
for log in "$here/kết quả.h5.slurm/shard-3.log" "$here/kết quả.h5.slurm/shard-6.log" \
    "$here/limited.h5.slurm/shard-1.log"; do
    expect "of 2,000 runs are there from before\|of 8,000 runs are there from before" "$log" # none was made twice
done

# Once more when all is there: nothing is made again, and it ends well.
submit -o "limited.h5" --shards 2 || fail "submit again"
wait_for 30 is_queue_empty || fail "the queue does not get empty again"
expect "was complete before" "$here/limited.h5.slurm/log"
echo "$SECONDS s: passed"
