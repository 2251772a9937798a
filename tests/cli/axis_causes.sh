# An axis may change what holds a process back: the results have a place for each cause, whichever value comes
# first, and a run that the study repeats tells the same.
cp "$ROOT/configs/first_park.cfg" .
sweep() { # path, values
    printf 'format = 1;\npark = "first_park.cfg";\nstudy = { replications = 1; axes = { x = { path = "%s"; values = %s; }; };
  responses = { h = { of = "reliability.held_back"; where = "brick"; unit = "t"; }; }; };\n' "$1" "$2" >study.cfg
    echo "-- $1 $2"
    ecopark sweep study.cfg -o study.h5 --quiet
    ecopark export study.h5 --what held_back --no-mark -o - | cut -d, -f1,3,5,6 | sed 's/\(\.[0-9]\)[0-9]*/\1/'
    rm -rf study.h5*
}
sweep exchanges.sludge.open '( true, false )'
ecopark run study.cfg --id 1 | grep brick.kiln
sweep exchanges.sludge.open '( false, true )'
sweep exchanges.sludge.ends '( "2028-09-01", "2026-06-01" )'
sweep firms.mill.processes.boiler.capacity '( "30 t/h", "0 t/h" )'
sweep firms.mill.processes.boiler.turndown '( "0 %", "90 %" )'
