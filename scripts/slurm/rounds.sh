# shellcheck shell=bash
# shellcheck disable=SC2154 # names that begin with slurm_ are settings
# What submit and keeper share: how a round of the array and the keeper after it are submitted.
# Needs the settings of FILE.slurm; names beginning with `slurm_` are theirs too.

say() {
    printf '%s\n' "$*"
}

# pattern PATH: as a file name for sbatch, which would read %a and \ in it otherwise.
pattern() {
    local path=${1//\\/\\\\}
    printf '%s' "${path//%/%%}"
}

# ranges NUMBER...: ascending numbers as Slurm writes them, "1-3,7".
ranges() {
    printf '%s\n' "$@" | awk '
        NR > 1 && $1 == last + 1 { last = $1; next }
        NR > 1 { text = text (first == last ? first : first "-" last) "," }
        { first = last = $1 }
        END { print text (first == last ? first : first "-" last) }'
}

# stored_bytes: how much finished runs take on the disk; it grows as long as there is progress.
stored_bytes() {
    find "$slurm_file.parts" -type f -printf '%s\n' 2>/dev/null | awk '{ sum += $1 } END { printf "%d\n", sum }'
}

# sbatch_clean OPTION...: prints the job's number. The settings of the job that we are in, if we are
# in one, must not become those of the new one.
sbatch_clean() {
    local name unset=()
    while IFS= read -r name; do
        unset+=(-u "$name")
    done < <(compgen -e | grep -E '^(SLURM|SBATCH|SRUN)_' | grep -vx SLURM_CONF)
    env "${unset[@]}" sbatch --parsable "$@" | cut -d';' -f1
}

# array_options SHARDS-TEXT and keeper_options ARRAY-JOB: into the array `options`.
array_options() {
    options=("--array=$1${slurm_at_once:+%$slurm_at_once}" --job-name="$slurm_name"
        --output="$(pattern "$slurm_folder")/shard-%a.log" --open-mode=append
        --ntasks=1 --cpus-per-task="$slurm_cpus" --signal="B:USR1@$slurm_grace"
        ${slurm_time:+"--time=$slurm_time"} "${slurm_common[@]}"
        "$slurm_scripts/shard" "$slurm_folder")
}

keeper_options() { # ARRAY-JOB ROUND STALLS BYTES
    options=(--dependency="afterany:$1" --job-name="$slurm_name merge"
        --output="$(pattern "$slurm_folder")/log" --open-mode=append
        --ntasks=1 --cpus-per-task=1 ${slurm_time:+"--time=$slurm_time"} "${slurm_common[@]}"
        "$slurm_scripts/keeper" "$slurm_folder" "$2" "$3" "$4")
}

# submit_round ROUND STALLS SHARD...: an array of these shards, and the keeper after it; their
# numbers go to FILE.slurm/jobs.
submit_round() {
    local round=$1 stalls=$2 options array keeper bytes
    shift 2
    bytes=$(stored_bytes)
    array_options "$(ranges "$@")"
    array=$(sbatch_clean "${options[@]}")
    [ -n "$array" ] || return 1
    keeper_options "$array" "$round" "$stalls" "$bytes"
    if ! keeper=$(sbatch_clean "${options[@]}") || [ -z "$keeper" ]; then
        scancel "$array"
        return 1
    fi
    printf '%s\n%s\n' "$array" "$keeper" >"$slurm_folder/jobs"
    say "Round $round: job $array, an array of $# shards ($(ranges "$@")); then job $keeper, which merges."
}
