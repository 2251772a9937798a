# One reader of numbers: a share with or without %, in files, tables and overrides; one quantity in two
# units is equal; whole numbers to their last digit; what a range gives are decimals.
cat >park.cfg <<'P'
format  = 1;
park    = { start = "2026-01-01"; until = "2026-01-03"; seed = 9223372036854775807; };
streams = { power = { unit = "MWh"; kind = "energy"; }; };
firms   = { works = {
  processes = { pump = { kind = "continuous"; basis = "power"; capacity = "1 MWh/h"; inputs = { power = "1 MWh/MWh"; }; }; };
  stocks    = { tank = { stream = "power"; capacity = "65.99 MWh"; initial = "237.5640 GJ"; minimum = "0 MWh"; }; }; }; };
markets = { grid = { sells = { power = { }; }; }; };
P
ecopark run park.cfg --quiet -o a.h5 && ecopark show park.cfg | grep seed
ecopark check park.cfg --set park.seed=9223372036854775808 2>&1 | head -1
ecopark check park.cfg --set 'park.seed="1e17"' 2>&1 | head -1
cp "$ROOT/configs/first_park.cfg" .
for loss in 0.29 '29 %' '290000 ppm'; do
    ecopark run first_park.cfg --set "links.sludge_belt.loss=$loss" --until 2026-02-01 --quiet -o b.h5 --json |
        /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["events"])'
done
cat >loss.csv <<'C'
loss
1 %
0.29
7 %
C
cat >study.cfg <<'S'
format = 1;  park = "first_park.cfg";
study = { replications = 1;
  axes = { loss = { path = "links.sludge_belt.loss"; csv = "loss.csv"; };
           size = { path = "firms.mill.stocks.yard.capacity"; range = "30 t .. 31 t"; count = 6; }; };
  only_if   = ( "loss > 0.05" );
  responses = { lost = { of = "flows.lost"; stream = "sludge"; unit = "t/year"; }; }; };
S
ecopark plan study.cfg --points 10 --json | /usr/bin/python3 -c '
import json, sys
p = json.load(sys.stdin)
print(p["points"], p["axes"][0]["units"], [x["axes"]["size"] for x in p["shown"][:6]])'
ecopark plan study.cfg --points 10 | grep ' base '
