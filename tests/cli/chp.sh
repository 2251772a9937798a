# A unit that makes heat and power, in the words of trace, `why`, and responses of a study; the numbers are worked out in
# the park file.
park=$ROOT/tests/data/park_runs/chp.cfg
less='markets.grid.buys.electricity.demand=2.2 MW'
echo "== run"
ecopark run "$park" --set "$less" -o out.h5 --trace trace.txt --quiet
cat trace.txt
echo "== why"
ecopark why "$park" --at '2026-01-05 12:00' chp --set "$less"
echo "== nobody takes the power"
sed '/^            grid = /d; s/coal = { price = "100 EUR\/t"; }; }; };/& };/' "$park" >no_grid.cfg
ecopark check no_grid.cfg 2>&1
ecopark why "$park" --at '2026-01-05 12:00' chp --set 'markets.grid.buys.electricity.demand=0 MW'
echo "== responses"
cat >study.cfg <<END
format = 1;
park = "$park";
study = {
  axes = { grid = { path = "markets.grid.buys.electricity.demand"; values = ( "2.2 MW", "9 MW" ); }; };
  responses = {
    power = { of = "flows.produced"; where = "plant.chp"; stream = "electricity"; unit = "MWh"; };
    steam = { of = "flows.produced"; where = "plant.chp"; stream = "steam"; unit = "t"; };
    husk  = { of = "flows.consumed"; where = "plant.chp"; stream = "husk"; unit = "t"; };
    held  = { of = "reliability.held_back"; where = "plant.chp"; unit = "t"; };
    used  = { of = "reliability.utilisation"; where = "plant.chp"; };
    free  = { of = "environment.biogenic"; where = "plant.chp"; unit = "t"; };
  };
};
END
ecopark sweep study.cfg -o sweep.h5 --quiet || echo "sweep failed"
ecopark export sweep.h5 --what runs --no-mark -o - | awk -F, -v OFS=, '{ for (i = 3; i <= NF; i++) $i = NR > 1 && $i + 0 ? sprintf("%.9g", $i) : $i; print }'
