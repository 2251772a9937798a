#!/bin/bash
# scripts/quickstart and scripts/test do what they say: with commands that only write down how they
# were called, in a copy of the scripts.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$(mktemp -d /tmp/ecopark_scripts_XXXXXX)
trap 'rm -rf "$here"' EXIT
mkdir -p "$here/bin" "$here/tree/sim" "$here/tree/.ci"
cp -r "$root/scripts" "$here/tree/scripts"
cp "$root/.ci/run" "$here/tree/.ci/run"
echo 'int x;' >"$here/tree/sim/x.c"
export HERE=$here PATH=$here/bin:$PATH
cd "$here/tree" || exit 1
failed=0

fake() { # name, what it does besides writing down its call
    printf '#!/bin/bash\necho "%s $*" >>"$HERE/calls"\n%s\n' "$1" "$2" >"$here/bin/$1"
    chmod +x "$here/bin/$1"
}
# Packages are installed when their name is in $here/installed; apt-get installs unless told to fail.
fake dpkg-query 'shift 2; for p in "$@"; do grep -qx "$p" "$HERE/installed" && echo "installed $p"; done; true'
fake apt-cache 'shift; for p in "$@"; do echo "$p:"; [ ! -e "$HERE/lists" ] || echo "  Candidate: 1.0"; done'
fake apt-get 'case "$*" in *update*) touch "$HERE/lists";; *install*)
    [ -e "$HERE/lists" ] || exit 100; [ ! -e "$HERE/stale" ] || { rm "$HERE/stale"; exit 100; }
    printf "%s\n" "$@" >>"$HERE/installed";; esac'
fake sudo '"$@"'
fake id 'cat "$HERE/uid"'
fake cmake 'for preset in dev asan tsan release; do case "$*" in *"--preset $preset"*) mkdir -p build/$preset
    touch build/$preset/build.ninja; echo "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" >build/$preset/CMakeCache.txt;; esac; done'
fake ninja 'case "$*" in *ecopark*) cp "$HERE/bin/program" build/release/ecopark;; esac'
fake program ''
fake ctest 'case "$*" in *-N*soak*) printf "  Test #1: long_a\n  Test #22: long_b\n";; *-N*) printf "  Test #1: fuzz_a\n";; esac
    [ ! -e "$HERE/fail" ] || case "$*" in *$(cat "$HERE/fail")*) echo "50% tests passed"; exit 8;; esac; echo "100% tests passed"'
echo 0 >"$here/uid"
: >"$here/installed"

call() { # expected exit code, command...
    local expected=$1 code=0
    shift
    : >"$here/calls"
    "$@" >"$here/said" 2>&1 || code=$?
    if [ $code != "$expected" ]; then
        echo "$*: exit code $code instead of $expected"
        cat "$here/said"
        failed=1
    fi
}
did() { # a call must have been made
    grep -q -- "$1" "$here/calls" || { echo "line ${BASH_LINENO[0]}: not done: $1"; cat "$here/calls"; failed=1; }
}
did_not() {
    ! grep -q -- "$1" "$here/calls" || { echo "line ${BASH_LINENO[0]}: done: $1"; cat "$here/calls"; failed=1; }
}
said() {
    grep -q -- "$1" "$here/said" || { echo "line ${BASH_LINENO[0]}: not said: $1"; cat "$here/said"; failed=1; }
}

await() { # command: until it succeeds
    local until=$((SECONDS + 120))
    until "$@" 2>/dev/null; do
        if [ $SECONDS -ge $until ]; then
            echo "line ${BASH_LINENO[0]}: never: $*"
            failed=1
            return
        fi
        sleep 0.05
    done
}

# quickstart on a bare machine: says what, fetches lists, installs only what building needs, runs.
call 0 scripts/quickstart
said 'will be installed'
said '^    .*libhdf5-dev'
did 'apt-get .*update'
did 'apt-get .*install.*libconfig-dev'
did_not libcriterion-dev
did_not 'sudo'
did 'program run configs/ulsan.cfg -o out/results.h5'
said 'ecopark info out/results.h5'
said 'ecopark export out/results.h5'
grep -E '(^|[^/])python3 -' "$here/said" && { echo "it offers what it did not install"; failed=1; }
# again: nothing to install, nothing to configure
call 0 scripts/quickstart
did_not apt-get
did_not "^cmake"
did 'program run'
# a user with sudo, lists there but out of date
echo 1000 >"$here/uid"
: >"$here/installed"
touch "$here/stale"
call 0 scripts/quickstart
did 'sudo env DEBIAN_FRONTEND=noninteractive apt-get .*install'
did 'apt-get .*update'
# a program that fails makes quickstart fail
fake program 'exit 73'
call 73 scripts/quickstart
fake program ''
echo 0 >"$here/uid"

# twice at once: the second waits for the first, which holds no lock that outlives it
fake ninja 'cp "$HERE/bin/program" build/release/ecopark; [ -e "$HERE/go" ] || sleep 600 >/dev/null 2>&1 & daemon=$!
    echo $daemon >>"$HERE/daemons"; until [ -e "$HERE/go" ]; do sleep 0.05; done'
: >"$here/calls"
scripts/quickstart >"$here/first" 2>&1 &
first=$!
await grep -q '^ninja' "$here/calls"
scripts/quickstart >"$here/said" 2>&1 &
second=$!
await grep -q Waiting "$here/said"
[ "$(grep -c '^ninja' "$here/calls")" = 1 ] || { echo "both build at once"; failed=1; }
touch "$here/go"
wait $first || { echo "the first of two quickstarts fails"; cat "$here/first"; failed=1; }
wait $second || { echo "the second of two quickstarts fails"; cat "$here/said"; failed=1; }
[ "$(grep -c '^program run' "$here/calls")" = 2 ] || { echo "not both came to an end"; cat "$here/calls"; failed=1; }
xargs kill <"$here/daemons" 2>/dev/null
fake ninja 'case "$*" in *ecopark*) cp "$HERE/bin/program" build/release/ecopark;; esac'

# the checkout was moved after it was built: the build names files that are there no more
mv "$here/tree" "$here/moved tree"
cd "$here/moved tree" || exit 1
touch build/release/stale
call 0 scripts/quickstart
said "build/release was made in $here/tree: it is made anew"
did '^cmake --preset release'
did 'program run'
[ ! -e build/release/stale ] || { echo "what was built elsewhere is still used"; failed=1; }
call 0 scripts/quickstart
did_not '^cmake'
# ... or copied, and another of its kind is still where it was; scripts/test sees it as well
cp -r "$here/moved tree" "$here/tree"
cd "$here/tree" || exit 1
call 0 scripts/test
said "build/release was made in $here/moved tree: it is made anew"
rm -rf build/dev build/asan build/tsan "$here/moved tree"
# ... but a link to it is the same folder
ln -s "$here/tree" "$here/link"
cd "$here/link" || exit 1
call 0 scripts/quickstart
did_not '^cmake'
cd "$here/tree" || exit 1

# test: every suite, and ctest speaks last
call 0 scripts/test
did libcriterion-dev
for suite in dev asan tsan release; do
    did "ctest --test-dir build/$suite -LE soak"
done
[ "$(tail -1 "$here/said")" = '100% tests passed' ] || { echo "ctest does not speak last"; failed=1; }
# again: sanitizers are left out, and that is said
call 0 env CI=true .ci/run
did 'ctest --test-dir build/dev'
did 'ctest --test-dir build/release'
did_not 'ctest --test-dir build/asan'
said 'asan: left out'
said 'tsan: left out'
# unless a file changed, or all was asked for
echo 'int y;' >sim/x.c
call 0 scripts/test
did 'ctest --test-dir build/asan'
call 0 scripts/test --all
did 'ctest --test-dir build/tsan'
# a suite that fails ends it, with its code, and is not remembered as passed
echo 'int z;' >sim/x.c
echo build/asan >"$here/fail"
call 8 scripts/test
did_not build/release
rm "$here/fail"
call 0 scripts/test
did 'ctest --test-dir build/asan'
call 2 scripts/test --nonsense

# soak: one by one; what passed is not run again
echo 'long_b' >"$here/fail"
call 8 scripts/test --soak
did '-R ^long_a'
rm "$here/fail"
call 0 scripts/test --soak
did_not '-R ^long_a'
did '-R ^long_b'
did '-R ^fuzz_a'
exit $failed
