# `why` follows the causes to their end: upstream from an input, downstream from an output, through
# stocks, links and markets, to a capacity, to what is switched off, or round a circle.
cd "$ROOT/tests/data/rates" || exit 1
why() {
    park=$1
    shift
    echo "== $park $*"
    ecopark why "$park".cfg --at '2026-01-01 00:30' "$@" 2>/dev/null
}
why 01_steam_by_classes greenhouse
why 02_one_cannot_use_it town.A
why 03_exchange_before_market main
why 03_exchange_before_market works:steam
why 05_full_stocks P1
why 06_reclaimed_water user --set 'markets.fresh.sells.water.capacity=2 t/h'
why 04_byproduct_holds_smelter smelter --set 'markets.landfill.disposes.slag.capacity=0 t/h'
why 16_turndown U2
why 13_two_links_opposite_orders sources_first
echo "== a real one"
ecopark why "$ROOT/configs/first_park.cfg" --at '2026-02-13 13:30' kiln
ecopark why "$ROOT/configs/first_park.cfg" --at '2026-02-15 13:30' kiln
ecopark why "$ROOT/configs/first_park.cfg" --at '2026-02-18 11:00' machine
ecopark why "$ROOT/configs/first_park.cfg" --at '2026-02-13 13:30' mill.yard
echo "== as the trace calls it"
ecopark why "$ROOT/configs/first_park.cfg" --at '2026-02-17 12:00' 'mill.yard overflows to landfill' | sed -n 2p
echo "== mistakes"
for call in "--at 2026-01-01" "kiln" "--at noon kiln" "--at 2030-01-01 kiln" "--at 2026-01-01 killn"; do
    ecopark why "$ROOT/configs/first_park.cfg" $call 2>&1 | sed 's/; there are .*/; there are .../' | head -1
done
ecopark why 09_firms_feed_each_other.cfg --at '2026-01-01' make 2>&1 | tail -1
echo "== as JSON"
ecopark why 01_steam_by_classes.cfg --at '2026-01-01 00:30' greenhouse --json
echo "== what passes on is no cause; who gives to it is"
sed "s/^markets = /exchanges = { x = { stream = \"steam\"; from = \"plant\"; to = \"town\"; }; };\nmarkets = /" 01_steam_by_classes.cfg >"$OLDPWD/contract.cfg"
cd "$OLDPWD" || exit 1
why contract greenhouse --set "markets.plant.sells.steam.capacity=0 t/h"
why contract greenhouse --set exchanges.x.open=false
