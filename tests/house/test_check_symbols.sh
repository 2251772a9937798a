#!/bin/bash
# Plants a wrong name and a global variable, and looks that check_symbols.sh finds both.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$(mktemp -d /tmp/ecopark_symbols_XXXXXX)
trap 'rm -rf "$here"' EXIT
failed=0

# library FOLDER FILE.c TEXT...: as the build would leave it
library() {
    mkdir -p "$here/$1"
    printf '%s\n' "$3" >"$here/$1/$2"
    (cd "$here/$1" && cc -c -o "$2.o" "$2" && ar rc "lib${1//\//_}.a" "$2.o")
}
expect() { # exit code, words that must be said ("" for none)
    local code=0
    bash "$root/scripts/check_symbols.sh" "$here" "$here/tree" >"$here/said" || code=$?
    if [ $code != "$1" ] || ! grep -qF -- "$2" "$here/said"; then
        [ $code = 0 ] && [ "$1" = 0 ] && return
        echo "exit $code instead of $1, or '$2' was not said in:"
        cat "$here/said"
        failed=1
    fi
}

expect 1 "no static libraries" # an empty tree is no success
library sim/x foo.c 'static int helper(void) { return 1; } int sim_foo_count(void) { return helper(); }
const char *const sim_foo_names[] = {"a", "b"};'
library models/park bar.c 'int park_bar_run(void) { return 0; }'
library models/park main.c 'int main(void) { return 0; }'
expect 0 ""
library sim/x foo.c 'int sim_food(void) { return 1; }'
expect 1 "sim/x/foo.c: exports sim_food"
library sim/x foo.c 'int park_foo_x(void) { return 1; }'
expect 1 "sim/x/foo.c: exports park_foo_x"
library sim/x foo.c 'int sim_foo_ok(void) { return 1; }'
library models/park bar.c 'int sim_bar_x(void) { return 1; }'
expect 1 "models/park/bar.c: exports sim_bar_x"
library models/park bar.c 'int park_bar_x(void) { static int calls; return ++calls; }'
expect 1 "is mutable global state"
library models/park bar.c 'int park_bar_seed = 3;'
expect 1 "park_bar_seed is mutable global state"
library models/park bar.c 'static _Thread_local int seed = 3; int park_bar_x(void) { return seed++; }'
expect 1 "seed is mutable global state"
library models/park bar.c 'int park_bar_x(void) { return 0; }'

# One header written in several files: only with that header, and only its names.
library sim/x foo_more.c 'int sim_foo_more(void) { return 1; }'
expect 0 ""
library sim/x foo_more.c 'int sim_foo_other(void) { return 1; }'
expect 1 "sim/x/foo_more.c: exports sim_foo_other"
mkdir -p "$here/tree/sim/x"
touch "$here/tree/sim/x/foo.h"
expect 0 ""
library sim/x foo_more.c 'int sim_bar_other(void) { return 1; }'
expect 1 "sim/x/foo_more.c: exports sim_bar_other"
exit $failed
