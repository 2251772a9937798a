# Each value that an axis lists is tried once by check and plan, drawn ones near their ends, before hours
# of runs; a value that some point can have is fine; beyond 1,000 loads what is left is counted.
cp "$ROOT/configs/first_park.cfg" .
study() { # the axes, and what else
    printf 'format = 1;\npark = "first_park.cfg";\nstudy = { replications = 1; %s };\n' "$1" >study.cfg
    ecopark check study.cfg 2>&1
    echo "exit $?"
}
study 'axes = { yard = { path = "firms.mill.stocks.yard.capacity"; values = ( "10 t", "30 m3", "nan t", "80 t" ); }; };'
ecopark plan study.cfg 2>&1 | head -3
echo "-- a level that no yard of the study holds"
study 'axes = { yard = { path = "firms.mill.stocks.yard.capacity"; values = ( "10 t", "20 t" ); };
  level = { path = "firms.mill.stocks.yard.initial"; values = ( "5 t", "15 t", "25 t" ); }; };'
echo "-- drawn"
study 'axes = { loss = { path = "links.sludge_belt.loss"; range = "uniform(0, 1.5)"; sampler = "s"; };
  cost = { path = "markets.suppliers.sells.husk.price"; range = "1e6 VND/t .. 2e6 VND/t"; sampler = "s"; }; };
  samplers = { s = { method = "lhs"; points = 16; }; };'
echo "-- many"
study 'axes = { yard = { path = "firms.mill.stocks.yard.capacity"; range = "10 t .. 30 t"; count = 3000; }; };'
