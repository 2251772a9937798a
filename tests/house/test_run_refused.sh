#!/bin/bash
# The runner of refused parks passes when the park is refused as said, and fails otherwise.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$(mktemp -d /tmp/ecopark_runner_XXXXXX)
trap 'rm -rf "$here"' EXIT
mkdir -p "$here/tests/refused"
cp -r "$root/tests/support" "$here/tests/support"
cp "$root/tests/refused/run_refused.sh" "$here/tests/refused"
cd "$here/tests/refused" || exit 1
failed=0

program() { # what the program does for `check`, for `run`
    printf '#!/bin/bash\nif [ "$1" = check ]; then\n%s\nfi\n%s\n' "$1" "$2" >"$here/ecopark"
    chmod +x "$here/ecopark"
}
expect() { # passes|fails, why
    local found=passes
    ECOPARK=$here/ecopark ./run_refused.sh bad >"$here/said" 2>&1 || found=fails
    if [ $found != "$1" ]; then
        echo "$2: it $found"
        cat "$here/said"
        failed=1
    fi
}
refuse='echo "bad.cfg:9: no such key" >&2; exit 65'
program "$refuse" "$refuse"
printf 'exit 65\nbad.cfg:9: *key\n' >bad.expected
expect passes "refused as said"
printf 'exit 66\nbad.cfg:9: *key\n' >bad.expected
expect fails "another exit code"
printf 'exit 65\nbad.cfg:8: *key\n' >bad.expected
expect fails "other words"
printf 'exit 0\nbad.cfg:9: *key\n' >bad.expected
expect fails "exit 0 is no refusal"
printf 'exit 65\n' >bad.expected
expect fails "no words expected"
printf 'exit 65\nbad.cfg:9: *key\n' >bad.expected
program "$refuse" 'exit 0'
expect fails "run takes what check refuses"
program "$refuse" "mkdir -p \"\$(dirname \"\$4\")\"; : >\"\$4\"; $refuse"
expect fails "run leaves a file"
exit $failed
