# shellcheck shell=bash
# A Slurm cluster of one node, of its own: munged, slurmctld and slurmd of Debian, on free ports,
# all their files in one temporary folder. Nothing of a Slurm that runs here otherwise is touched.
#
#     . tests/slurm/cluster.sh
#     cluster_start       sets SLURM_CONF, so that sbatch, squeue, ... ask this cluster; exports it
#     cluster_stop        stops all daemons and removes the folder; also to be called by a trap
#
# The node pretends to have 16 processors, so that all tasks of a small array run at once.

# Seconds after which a wait has failed: far more than it can take, on however busy a machine.
PATIENCE=600
cluster=

# cluster_can: why there can be no cluster here, or nothing.
cluster_can() {
    local program
    if [ "$(id -u)" != 0 ]; then
        echo "only root can start Slurm's daemons as they are set up here"
        return 1
    fi
    for program in munged slurmctld slurmd sbatch squeue scancel scontrol sinfo; do
        if ! command -v "$program" >/dev/null; then
            echo "there is no $program (Debian's packages slurm-wlm and munge)"
            return 1
        fi
    done
}

# free_ports COUNT: ports that nobody listens on just now.
free_ports() {
    /usr/bin/python3 -c '
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))' "$1"
}

write_conf() {
    local ports
    read -ra ports < <(free_ports 2)
    # The timeouts are those of a machine that is too busy to answer for a while.
    # Nothing here uses cgroups, but slurmd wants a plugin, and that of version 1 asks for nothing.
    echo CgroupPlugin=cgroup/v1 >"$cluster/cgroup.conf"
    cat >"$cluster/slurm.conf" <<END
ClusterName=ecopark-test
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmdPort=${ports[1]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$cluster/munge.socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
MailProg=/bin/true
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=2,sched_min_interval=0,batch_sched_delay=0,defer
ReturnToService=2
MaxArraySize=10001
KillWait=120
CompleteWait=0
BatchStartTimeout=600
MessageTimeout=100
TCPTimeout=60
UnkillableStepTimeout=600
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.log
SlurmdParameters=config_overrides
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=16 State=UNKNOWN
PartitionName=all Nodes=$(hostname -s) Default=YES MaxTime=INFINITE State=UP
END
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
    local until=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        if [ "$SECONDS" -ge "$until" ]; then
            return 1
        fi
        sleep 0.2
    done
}

is_idle() {
    [ "$(sinfo -h -o %t)" = idle ]
}

# has_started: the node is ready, or a daemon has died (another took its port), which is final, too.
has_started() {
    is_idle || has_died slurmctld || has_died slurmd
}

has_died() { # NAME
    local pid
    pid=$(cat "$cluster/$1.pid") && is_gone "$pid"
}

start_daemons() {
    mkdir -p "$cluster/state" "$cluster/spool"
    write_conf
    slurmctld -i -f "$cluster/slurm.conf" || return 1
    slurmd -f "$cluster/slurm.conf" || return 1
    wait_for 120 has_started
    is_idle
}

cluster_start() {
    cluster=$(mktemp -d /tmp/ecopark_slurm.XXXXXX)
    chmod 755 "$cluster"
    dd if=/dev/urandom of="$cluster/munge.key" bs=128 count=1 status=none
    chmod 400 "$cluster/munge.key"
    munged --key-file="$cluster/munge.key" --socket="$cluster/munge.socket" \
        --pid-file="$cluster/munge.pid" --log-file="$cluster/munge.log" \
        --seed-file="$cluster/munge.seed"
    export SLURM_CONF=$cluster/slurm.conf
    # A port may be taken by another between choosing and using it: once more with other ports.
    local attempt
    for attempt in 1 2 3 4 5; do
        if start_daemons; then
            return 0
        fi
        echo "Slurm did not start (attempt $attempt):"
        tail -n 20 "$cluster"/*.log
        stop_daemon slurmd
        stop_daemon slurmctld
    done
    return 1
}

# stop_daemon NAME: by the process that its own pid file names; hard if it does not go.
stop_daemon() {
    local pid
    pid=$(cat "$cluster/$1.pid" 2>/dev/null) || return 0
    kill "$pid" 2>/dev/null || return 0
    if ! wait_for 60 is_gone "$pid"; then
        kill -KILL "$pid" 2>/dev/null
    fi
    rm -f "$cluster/$1.pid"
}

is_gone() {
    ! kill -0 "$1" 2>/dev/null
}

# is_queue_empty: and Slurm says so; no answer is none.
is_queue_empty() {
    local jobs
    jobs=$(squeue -h) && [ -z "$jobs" ]
}

cluster_stop() {
    [ -n "$cluster" ] || return 0
    if squeue -h >/dev/null 2>&1; then
        squeue -h -o %A | sort -u | xargs -r scancel 2>/dev/null
        wait_for "$PATIENCE" is_queue_empty
    fi
    stop_daemon slurmctld
    stop_daemon slurmd
    stop_daemon munge
    rm -rf "$cluster"
    cluster=
}
