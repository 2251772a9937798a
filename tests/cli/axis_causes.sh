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
# Of so many firms a file has sorts of causes only, while one run still tells things apart: 100 of 110 t/h all day.
{
    echo 'format = 1; park = { start = "2026-01-01"; until = "2026-01-02"; }; streams = { w = { unit = "t"; }; s = { unit = "t"; kind = "waste"; }; };'
    echo 'firms = ('
    for i in $(seq 110); do
        echo "{ name = \"f$i\"; processes = { p = { kind = \"continuous\"; product = \"w\"; capacity = \"1 t/h\"; outputs = { s = \"0.1 t/t\"; }; }; }; },"
    done | sed '$ s/,$//'
    echo '); markets = { m = { buys = { w = { demand = "110 t/h"; }; }; disposes = { s = { fate = "landfill"; }; }; }; };'
} >many.cfg
printf 'format = 1;\npark = "many.cfg";\nstudy = { replications = 1; axes = { x = { path = "markets.m.buys.w.demand"; values = ( "110 t/h", "10 t/h" ); }; };
  responses = { h = { of = "reliability.held_back"; unit = "t"; }; }; };\n' >study.cfg
ecopark sweep study.cfg -o study.h5 --quiet
ecopark export study.h5 --what runs --no-mark -o - | cut -d, -f7 | sed 's/2399.99*$/2400/; s/2400.00*[0-9]*$/2400/'
