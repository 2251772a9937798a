#!/bin/bash
# A study as a job array on a real Slurm of its own: a task that is killed, one that is cancelled,
# one whose time limit comes. Ends with 77 (skipped, says ctest) where there can be no Slurm.
#
# Nothing depends on how fast anything is: tasks that something shall happen to stop themselves in the
# midst of their work (held_ecopark), and are woken when the kernel has the signal ready for them. All
# waiting is for a state; the limits (PATIENCE) only end a test that has failed.
#
# ECOPARK names the program, ECO_BUILD the build tree; run in the root of the tree. May run several
# times at once.
set -u
root=$PWD
. tests/slurm/cluster.sh
build=$(readlink -f "${ECO_BUILD:-build/release}")
program=$(readlink -f "${ECOPARK:-build/release/ecopark}")

if ! why=$(cluster_can); then
    echo "skipped: $why"
    exit 77
fi
here=$(mktemp -d "/tmp/ecopark slurm Biên Hòa %a.XXXXXX") # names as people give them
export ECO_HELD
ECO_HELD=$(mktemp -d /tmp/ecopark_held.XXXXXX) # without a blank: LD_PRELOAD cannot name one
trap 'cluster_stop; rm -rf "$here" "$ECO_HELD"' EXIT
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
    (cd "$here" && "$root/scripts/slurm/submit" "nghiên cứu.cfg" --program "$root/tests/slurm/held_ecopark" "$@")
}

# is_stopped PID: all of it stands still.
is_stopped() {
    ! grep -L '^State:[[:space:]]T' "/proc/$1"/task/*/status | grep -q .
}

# is_ready PID NAME: the kernel has this signal ready for the process, but could not hand it over yet.
is_ready() {
    local mask
    mask=$(awk '$1 == "ShdPnd:" { print $2 }' "/proc/$1/status") || return 1
    (((16#${mask:-0} >> ($(kill -l "$2") - 1)) & 1))
}

# await_held FILE SHARD: until it stands still in the midst of its work; sets `pid`.
await_held() {
    wait_for "$PATIENCE" test -e "$ECO_HELD/$1 $2.pid" || fail "shard $2 does not begin"
    pid=$(cat "$ECO_HELD/$1 $2.pid")
    wait_for "$PATIENCE" is_stopped "$pid" || fail "shard $2 did not stop"
}

cluster_start || fail "Slurm did not start"
echo "$SECONDS s: a Slurm is here"
sed "s|PARK|$root/configs/ulsan.cfg|" tests/slurm/study.cfg >"$here/nghiên cứu.cfg"

ln -s "$program" "$ECO_HELD/ecopark"
cp "$build/tests/fail_calls.so" "$ECO_HELD" || fail "fail_calls.so is not built"
touch "$ECO_HELD/limited.h5 1" "$ECO_HELD/kết quả.h5 2" "$ECO_HELD/kết quả.h5 4"

# A task whose time limit comes. Only its own is made so short that Slurm warns it the next time it
# looks (every 30 s), two minutes and more before it comes.
submit -o "limited.h5" --shards 2 --time 00:59:00 --grace 150 --cpus 2 --at-once 1 || fail "submit"
await_held limited.h5 1
slow=$pid
scontrol update "JobId=$(head -n 1 "$here/limited.h5.slurm/jobs")_1" TimeLimit=3 || fail "scontrol"
echo "$SECONDS s: the time limit of shard 1 is near"

# An array of four. One task is killed, one cancelled, in the midst of their work.
submit -o "kết quả.h5" --shards 4 --cpus 1 -- --progress none || fail "submit"
array=$(head -n 1 "$here/kết quả.h5.slurm/jobs")
await_held "kết quả.h5" 2
kill -KILL "$pid"
await_held "kết quả.h5" 4
# scancel wakes the processes before it ends them, and this one might be at its end in between: first
# the signal alone, which reaches the program through Slurm all the same.
scancel --full --signal=TERM "${array}_4" || fail "scancel"
wait_for "$PATIENCE" is_ready "$pid" TERM || fail "no signal came to shard 4"
submit -o "kết quả.h5" --shards 4 >"$here/twice" 2>&1 && fail "the same study was submitted twice"
expect "is being made already" "$here/twice"
scancel "${array}_4" || fail "scancel"
echo "$SECONDS s: killed shard 2, cancelled shard 4"

"$program" sweep "$here/nghiên cứu.cfg" -o "$here/alone.h5" --quiet || fail "without Slurm"
wait_for "$PATIENCE" is_ready "$slow" USR1 || fail "no warning came"
kill -CONT "$slow"
echo "$SECONDS s: warned"
wait_for "$PATIENCE" is_queue_empty || fail "the queue does not get empty"
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
expect "Slurm warns" "$here/limited.h5.slurm/shard-1.log"
expect "an array of 2 shards (2,4)" "$here/kết quả.h5.slurm/log"
expect "an array of 1 shards (1)" "$here/limited.h5.slurm/log"
# What was finished was not made twice: 59 runs, and those that were on the way when it was woken.
expect "^59 of 4,000 runs are there from before" "$here/kết quả.h5.slurm/shard-2.log"
expect "of 4,000 runs are there from before" "$here/kết quả.h5.slurm/shard-4.log"
expect "of 8,000 runs are there from before" "$here/limited.h5.slurm/shard-1.log"

# Whether it is being made already must be known, not only not be denied.
mkdir "$ECO_HELD/bin"
printf '#!/bin/sh\necho "slurm_load_jobs error: Socket timed out on send/recv operation" >&2\nexit 1\n' \
    >"$ECO_HELD/bin/squeue"
chmod +x "$ECO_HELD/bin/squeue"
(PATH=$ECO_HELD/bin:$PATH submit -o "limited.h5" --shards 2) >"$here/silent" 2>&1
code=$?
[ $code = 75 ] || fail "exit code $code instead of 75 when Slurm does not answer"
expect "Socket timed out" "$here/silent"

# Once more when all is there: nothing is made again, and it ends well.
submit -o "limited.h5" --shards 2 || fail "submit again"
wait_for "$PATIENCE" is_queue_empty || fail "the queue does not get empty again"
expect "was complete before" "$here/limited.h5.slurm/log"
echo "$SECONDS s: passed"
