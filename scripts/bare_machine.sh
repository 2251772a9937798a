#!/bin/bash
# For developers: try the two commands of the README on a bare Debian 12.
#
#     scripts/bare_machine.sh [--sudo] [COMMAND...]
#
# Makes the smallest Debian with git and sudo in /var/tmp/bare.base (debootstrap; kept for the next
# time), copies it to /var/tmp/bare, puts a fresh clone of the last commit there and nothing else,
# and runs `scripts/quickstart` and `scripts/test`, each twice, with their times, or else COMMAND.
# As root, or with --sudo as an ordinary user. Must be started by root. The last copy stays to be
# looked at, and is replaced the next time.
set -eu
base=/var/tmp/bare.base
bare=/var/tmp/bare
root=$(cd "$(dirname "$0")/.." && pwd)
suite=bookworm
mirror=http://deb.debian.org

if [ "$(id -u)" != 0 ]; then
    echo "scripts/bare_machine.sh must be started by root" >&2
    exit 1
fi
if [ "${ECO_BARE_INSIDE-}" = "" ]; then # mounts made in here vanish with the process
    ECO_BARE_INSIDE=1 exec unshare --mount --propagation private "$0" "$@"
fi
user=root
if [ "${1-}" = --sudo ]; then
    user=newcomer
    shift
fi

if [ ! -f $base/complete ]; then
    rm -rf $base
    debootstrap --variant=minbase --include=git,sudo,ca-certificates $suite $base $mirror/debian
    touch $base/complete
fi
rm -rf --one-file-system $bare
cp -a --reflink=auto $base $bare
rm -rf $bare/var/lib/apt/lists/* # as in images of Debian: the lists of packages must be fetched, too

# The way to the packages, as this machine goes it: names, certificates, settings of the network.
cat >$bare/etc/apt/sources.list <<END
deb $mirror/debian $suite main
deb $mirror/debian $suite-updates main
deb $mirror/debian-security $suite-security main
END
cp -L /etc/resolv.conf /etc/hosts $bare/etc/
grep -l '^Acquire' /etc/apt/apt.conf.d/* 2>/dev/null | xargs -r -I{} cp {} $bare/etc/apt/apt.conf.d/
cp -r /usr/local/share/ca-certificates/. $bare/usr/local/share/ca-certificates/
chroot $bare update-ca-certificates >/dev/null 2>&1 || true

mount -t proc proc $bare/proc
mount --bind /dev $bare/dev
mount --bind /dev/pts $bare/dev/pts
mount -t tmpfs tmpfs $bare/dev/shm

home=/root
if [ $user != root ]; then
    chroot $bare useradd --create-home --shell /bin/bash $user
    echo "$user ALL=(ALL) NOPASSWD: ALL" >$bare/etc/sudoers.d/$user
    home=/home/$user
fi
git clone --quiet "file://$root" $bare$home/ecopark
chroot $bare chown -R $user: $home/ecopark

if [ $# = 0 ]; then
    set -- 'time scripts/quickstart && time scripts/quickstart && time scripts/test && time scripts/test'
fi
exec chroot $bare su - $user -c "cd ecopark && export LANG=C.UTF-8 && $*" </dev/null
