# `check` of a study looks at the study, its park and each design at its first point; what is wrong is told
# with its place, whichever of these has it. Options of parks are refused.
cp "$ROOT"/configs/first_park.cfg . || exit 1
try() {
    echo "-- $1"
    sed -e "$2" "$ROOT/configs/first_study.cfg" >study.cfg
    ecopark check study.cfg 2>&1
    echo "exit $?"
}
try "fine" ""
try "a baseline that is no design" 's/baseline = "alone"/baseline = "alnoe"/'
try "a design that the park has not" 's/"alone"/"alnoe"/g'
try "a path that matches nothing" 's/yard\.capacity/yard.capasity/'
try "a response of nothing" 's/environment\.landfilled/environment.landfiled/'
echo "-- options"
ecopark check "$ROOT/configs/first_study.cfg" --set a=b 2>&1 | sed "s|$ROOT/||"
exit 0
