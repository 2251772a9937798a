# shellcheck shell=bash
# compare_glob PATTERNS ACTUAL: each line of ACTUAL must fit the line of PATTERNS (a shell pattern, in
# which [ and \ stand for themselves: output is full of "[assumed]"); a line "..." fits any number of lines.
compare_glob() {
    local -a patterns actual
    mapfile -t patterns <"$1"
    mapfile -t actual <"$2"
    local p=0 a=0 back_p=-1 back_a=0 # as in the usual matcher of "*": on a misfit, let the last "..." take more
    while [ $a -lt ${#actual[@]} ]; do
        if [ $p -lt ${#patterns[@]} ] && [ "${patterns[p]}" = "..." ]; then
            back_p=$p
            back_a=$a
            p=$((p + 1))
        elif [ $p -lt ${#patterns[@]} ] && fits_line "${patterns[p]}" "${actual[a]}"; then
            p=$((p + 1))
            a=$((a + 1))
        elif [ $back_p -ge 0 ]; then
            back_a=$((back_a + 1))
            p=$((back_p + 1))
            a=$back_a
        else
            echo "line $((a + 1)) is:     ${actual[a]}"
            echo "and should be:  ${patterns[p]-(the end)}"
            return 1
        fi
    done
    while [ $p -lt ${#patterns[@]} ] && [ "${patterns[p]}" = "..." ]; do
        p=$((p + 1))
    done
    if [ $p -lt ${#patterns[@]} ]; then
        echo "the output ended before a line like: ${patterns[p]}"
        echo "it was:"
        head -40 "$2"
        return 1
    fi
}

fits_line() {
    local pattern=${1//\\/\\\\}
    pattern=${pattern//\[/\\[}
    # shellcheck disable=SC2053 # the right side is meant as a pattern
    [[ $2 == $pattern ]]
}
