# shellcheck shell=bash
# What scripts/quickstart and scripts/test share; sourced from the root of the tree.

say() {
    printf '%s\n' "$*"
}

# packages_for NEED...: the names in scripts/packages.
packages_for() {
    awk -v needs=" $* " '!/^#/ && NF > 2 && index(needs, " " $2 " ") { print $1 }' scripts/packages
}

# missing NAME...: those that are not installed.
missing() {
    { printf '%s\n' "$@"
      dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
          sed -n 's/^installed //p' | sort -u; } | sort | uniq -u
}

# as_root COMMAND...: directly when we are root, otherwise with sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        say "This needs root, and there is no sudo. As root, please run:" >&2
        say "    apt-get install $packages_wanted" >&2
        exit 1
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 \
        -o Dpkg::Use-Pty=0 "$@"
}

# install_missing NEED...: say what will be installed, and install it; nothing to do takes no time.
# Debian's lists are fetched only when a package is not in those that are here, or has moved on since.
install_missing() {
    local wanted known
    # shellcheck disable=SC2046 # names of packages are words
    mapfile -t wanted < <(missing $(packages_for "$@"))
    [ ${#wanted[@]} -gt 0 ] || return 0
    packages_wanted="${wanted[*]}"
    say "These Debian packages are missing and will be installed:"
    say "    ${wanted[*]}"
    known=$(apt-cache policy "${wanted[@]}" 2>/dev/null | grep -c '^  Candidate: [^(]' || true)
    if [ "$known" -lt ${#wanted[@]} ]; then
        apt update
    fi
    if ! apt install -y --no-install-recommends "${wanted[@]}"; then
        say "That failed; once more with fresh lists of packages."
        apt update
        apt install -y --no-install-recommends "${wanted[@]}"
    fi
}

# locked COMMAND...: while no other quickstart or test builds in this tree. What the command starts
# does not keep the lock, not even a daemon that comes with a package.
locked() {
    mkdir -p build
    {
        if ! flock --nonblock 9; then
            say "Waiting for another scripts/quickstart or scripts/test that builds in this folder"
            flock 9
        fi
        "$@" 9>&-
    } 9>build/lock
}

# drop_moved PRESET: a build tree names its sources by their whole path. After the checkout was moved
# or copied these are others or none: away with it.
drop_moved() {
    local home
    home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "build/$1/CMakeCache.txt" 2>/dev/null) || return 0
    if [ -n "$home" ] && ! [ "$home" -ef . ]; then
        say "build/$1 was made in $home: it is made anew here"
        rm -rf "build/$1"
    fi
}

# configure PRESET [-DOPTION=...]: quiet unless it fails; ninja does it again when CMake files change.
configure() {
    local preset=$1
    shift
    say "Configuring build/$preset"
    if ! cmake --preset "$preset" -DECO_PARTIAL=OFF "$@" >"/tmp/ecopark_configure.$$" 2>&1; then
        cat "/tmp/ecopark_configure.$$"
        rm -f "/tmp/ecopark_configure.$$"
        return 1
    fi
    rm -f "/tmp/ecopark_configure.$$"
}
