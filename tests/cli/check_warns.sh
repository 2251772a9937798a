# Crossings, circles served after an outsider and circles that can only stand still are warned of, with
# names and lines, in text and as JSON; the exit code stays 0. Where supply is ample, nobody waits and
# nothing is said; nor of the parks in configs/.
cd "$ROOT/tests/data" || exit 1
warnings() {
    ecopark check "$@" >/dev/null 2>/dev/null || echo "exit $?"
    ecopark check "$@" 2>&1 | grep -o '^[^ ]*.cfg:[0-9]*: warning: .*\|no mistakes.*'
}
for park in rates/*.cfg; do
    warnings "$park"
done
echo "-- and others"
warnings rates/11_crossed_priorities.cfg --set 'markets.wells.sells.x={}'
warnings rates/12_crossed_shares.cfg --set firms.town.processes.A.inputs.y.share=2 \
    --set firms.town.processes.B.inputs.y.share=1
warnings rates/09_firms_feed_each_other.cfg --set 'firms.first.processes.make.outputs.y.amount=1 t/t'
warnings warned/pull_circle.cfg
warnings warned/pull_circle.cfg --set 'markets.grid.buys.power.demand=1 t/h'
echo "-- as JSON"
ecopark check --json rates/11_crossed_priorities.cfg | grep -c '"level": "warning"'
echo "-- configs"
for park in "$ROOT"/configs/*.cfg; do
    ecopark check "$park" 2>&1 | grep 'crossing\|circle\|is it meant so'
done
exit 0
