#!/bin/bash
# The runner of command-line cases passes a good case and fails on each kind of difference.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$(mktemp -d /tmp/ecopark_runner_XXXXXX)
trap 'rm -rf "$here"' EXIT
mkdir -p "$here/tests/cli" "$here/bin"
cp -r "$root/tests/support" "$here/tests/support"
cp "$root/tests/cli/run_one.sh" "$here/tests/cli"
printf '#!/bin/sh\necho "park at $PWD, $ROOT"\necho oops >&2\nexit 65\n' >"$here/bin/ecopark"
chmod +x "$here/bin/ecopark"
cd "$here/tests/cli" || exit 1
failed=0

expect() { # passes|fails, why
    local found=passes
    ECOPARK=$here/bin/ecopark ./run_one.sh case >"$here/said" 2>&1 || found=fails
    if [ $found != "$1" ]; then
        echo "$2: it $found"
        cat "$here/said"
        failed=1
    fi
}
echo 'ecopark check' >case.sh
echo 65 >case.sh.exit
expect fails "a case that checks no output"
echo 'park at HERE, ROOT' >case.sh.stdout.exact
expect passes "a good case"
echo 'oops' >case.sh.stderr.exact
expect passes "a good case that looks at stderr too"
echo 'oops!' >case.sh.stderr.exact
expect fails "another stderr"
rm case.sh.stderr.exact
echo 'park at there, ROOT' >case.sh.stdout.exact
expect fails "another output"
rm case.sh.stdout.exact
echo 'park *' >case.sh.stdout.glob
expect passes "a pattern that fits"
echo 'firm *' >case.sh.stdout.glob
expect fails "a pattern that does not"
echo 'park *' >case.sh.stdout.glob
echo 0 >case.sh.exit
expect fails "another exit code"
rm case.sh case.sh.exit
expect fails "a case that is not there"
exit $failed
