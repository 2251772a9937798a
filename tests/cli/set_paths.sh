# --set, designs and axes reach what the reference names: groups that are missing are made, and one of
# several contracts of an exchange goes by the name that results show; misspelt names are told.
cat >smallest.cfg <<'P'
format = 1;
park    = { start = "2026-01-01"; until = "2027-01-01"; };
streams = { steam = { unit = "t"; }; husk = { unit = "t"; }; };
firms   = { mill = { processes = {
              boiler = { kind = "continuous"; product = "steam"; mode = "pull"; capacity = "12 t/h";
                         inputs = { husk = "0.27 t/t"; }; };
              dryer  = { kind = "continuous"; basis = "steam"; capacity = "5 t/h"; }; }; }; };
markets = { farms = { sells = { husk = { }; }; }; };
designs = { fine = { set = ( "park.record.every = 2 h" ); }; };
P
show() { ecopark show smallest.cfg "$@" 2>&1 | grep 'every\|currency = \|matches\|unknown'; }
show --set 'park.record.every=1 h'
show --set economy.currency=VND
show --design fine
show --set 'park.rcord.every=1 h'
show --set 'park.record.evry=1 h'
show --set 'crews.fitters.size=2'
cat >steam.cfg <<'P'
format = 1;
park    = { start = "2026-01-01"; until = "2026-01-11"; };
streams = { steam = { unit = "t"; kind = "heat"; }; husk = { unit = "t"; }; cloth = { unit = "t"; kind = "product"; }; };
firms   = {
  plant = { processes = { boiler = { kind = "continuous"; product = "steam"; mode = "pull"; capacity = "12 t/h"; inputs = { husk = "0.27 t/t"; }; }; }; };
  mill  = { processes = { dryer = { kind = "continuous"; basis = "steam"; capacity = "10 t/h"; inputs = { steam = "1 t/t"; }; }; }; };
  dyer  = { processes = { vat   = { kind = "continuous"; basis = "steam"; capacity = "10 t/h"; inputs = { steam = "1 t/t"; }; }; }; }; };
markets   = { farms = { sells = { husk = { }; }; }; };
exchanges = { steam = { stream = "steam"; from = "plant"; to = ( "mill", "dyer" ); }; };
P
for set in exchanges.steam.mill.priority=0 exchanges.steam.dyer.open=false; do
    echo "-- $set"
    ecopark run steam.cfg --set $set -o s.h5 --quiet && ecopark export s.h5 -o out >/dev/null
    awk -F, '$3 == "plant" { printf "%s %s %.6g\n", $3, $4, $9 }' out/flows.csv
done
for set in exchanges.steam.mil.open=false exchanges.steam.mill.opn=false exchanges.steam.mill.from=mill exchanges.steam.pirority=3; do
    ecopark check steam.cfg --set $set 2>&1
done
exit 0
