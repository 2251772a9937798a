# What may be a grouped number is warned of: in the park, in overrides, once a column of a table, a
# profile or an axis; not where it would be out of range or other numbers show that it is a decimal.
cat >park.cfg <<'P'
format   = 1;
park     = { start = "2026-01-01"; until = "2026-01-03"; };
economy  = { currency = "VND"; };
streams  = { water = { unit = "m3"; kind = "water"; }; power = { unit = "MWh"; kind = "energy"; }; };
firms    = { works = { processes = {
  pump = { kind = "continuous"; basis = "water"; capacity = "1.250 m3/h [assumed: x]"; inputs = { power = "1.0050 MWh/m3"; }; turndown = "1.500 %";
           failures = { seal = { up = "uniform(1.200 h, 100 h)"; repair = "0.125 h"; }; }; }; }; }; };
markets  = { town = { sells = { water = { price = "9.500 VND/m3"; }; power = { price = "profile(price)"; }; }; }; };
profiles = { price = { csv = "price.csv"; column = "p"; }; load = { csv = "price.csv"; column = "q"; }; };
tables   = ( { csv = "more.csv"; into = "firms.*.processes"; } );
P
cat >price.csv <<'C'
time,p [VND/MWh],q [MWh/h]
2026-01-01,900,0.125
2026-01-02,1.200,1.200
2026-01-03,1.400,12.5
C
cat >more.csv <<'C'
firm,name,kind,basis,capacity [MWh/h],inputs.power.amount
works,a,continuous,power,650.000,1 MWh/MWh
works,b,continuous,power,12,1 MWh/MWh
C
say() { sed -n 's/^\([^ ]*: .*\)/\1/p' | grep -v '^ \|^park.cfg: \|starved' ; }
ecopark check park.cfg --set 'firms.works.processes.pump.turndown=2.250 %' 2>&1 | say
echo "-- of another country: once"
printf 'time,p [VND/MWh],q [MWh/h]\n01/01/2026,"1,5",1\n02/01/2026,"2,5",2\n03/01/2026,"2,5",3\n' >price.csv
ecopark check park.cfg 2>&1 | say | grep csv
printf 'time;p [VND/MWh];q [MWh/h]\n01/01/2026;1,5;1\n' >price.csv
ecopark check park.cfg 2>&1 | say | grep csv
echo "-- a million is no number at all: once"
printf 'time,p [VND/MWh],q [MWh/h]\n2026-01-01,9.500,1\n2026-01-02,1.200.000,1\n2026-01-03,1.300.000,1\n' >price.csv
ecopark check park.cfg 2>&1 | say | grep csv
printf 'time,p [VND/MWh],q [MWh/h]\n2026-01-01,9.500,1\n2026-01-02,1.250,1\n2026-01-03,12,1\n' >price.csv
ecopark check park.cfg 2>&1 | say | grep price.csv
echo "-- thirty of them: three in full, the rest in one line"
{
    echo 'format = 1; park = { start = "2026-01-01"; until = "2026-01-03"; }; economy = { currency = "VND"; };'
    echo 'streams = { water = { unit = "m3"; kind = "water"; }; };'
    echo 'markets = {'
    for i in $(seq 10 39); do
        echo "m$i = { sells = { water = { price = \"9$i.487 VND/m3\"; }; }; };"
    done
    echo '};'
} >many.cfg
ecopark check many.cfg 2>&1 | grep 'group\|more like'
exit 0
