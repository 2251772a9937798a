# A study of first_park on two designs: the table of compare, and what it says of files without responses.
cat >study.cfg <<'STUDY'
format = 1;
park = "park.cfg";
study = {
  title = "Băng tải: có nên không?";
  designs = ( "base", "alone" );  baseline = "alone";
  replications = 4;
  axes = { belt = { path = "links.sludge_belt.capacity"; values = ( "0.4 t/h", "0.8 t/h" ); }; };
  responses = {
    cost   = { of = "money.operating_cost"; unit = "million VND/year"; title = "chi phí của cả khu"; };
    tipped = { of = "environment.landfilled"; stream = "sludge"; };
    moved  = { of = "flows.exchanged"; where = "exchanges.sludge"; unit = "t"; };
  };
  store = "responses";
};
STUDY
sed -e 's/until *= *"[^"]*"/until = "2026-03-01"/' "$ROOT/configs/first_park.cfg" >park.cfg
ecopark sweep study.cfg -o study.h5 --threads 1 2>/dev/null >/dev/null || echo "sweep failed"
ecopark compare study.h5
echo
ecopark compare study.h5 --by belt --response tipped --level 90
echo
ecopark compare study.h5 --response tiped 2>&1
ecopark run park.cfg --quiet -o run.h5 >/dev/null 2>&1
ecopark compare run.h5 2>&1
echo "exit $?"
