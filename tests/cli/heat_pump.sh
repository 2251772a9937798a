# A heat pump in the words of trace, `why`, and responses of a study; the numbers are worked out in the park file.
park=$ROOT/tests/data/park_runs/heat_pump.cfg
less='firms.mill.processes.loom.capacity=0.6 t/h'
echo "== run"
ecopark run "$park" --set "$less" -o out.h5 --trace trace.txt --quiet
cat trace.txt
echo "== why"
ecopark why "$park" --at '2026-01-05 12:00' pump --set "$less"
echo "== nobody gives waste heat"
sed '/^ *back = /s/back = .*/};/' "$park" >no_back.cfg
ecopark check no_back.cfg 2>&1
echo "== responses"
cat >study.cfg <<END
format = 1;
park = "$park";
study = {
  axes = { cop = { path = "utilities.plant.units.pump.cop"; values = ( "4", "6" ); }; };
  responses = {
    heat  = { of = "flows.produced"; where = "plant.pump"; unit = "MWh"; };
    power = { of = "flows.consumed"; where = "plant.pump"; stream = "electricity"; unit = "MWh"; };
    warm  = { of = "flows.consumed"; where = "plant.pump"; stream = "warm"; unit = "MWh"; };
    used  = { of = "reliability.utilisation"; where = "plant.pump"; };
  };
};
END
ecopark sweep study.cfg -o sweep.h5 --quiet || echo "sweep failed"
ecopark export sweep.h5 --what runs --no-mark -o - | awk -F, -v OFS=, '{ for (i = 3; i <= NF; i++) $i = NR > 1 && $i + 0 ? sprintf("%.9g", $i) : $i; print }'
