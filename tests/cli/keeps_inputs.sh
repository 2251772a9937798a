# A run never writes over a file that it reads: the park, a profile, whatever the spelling.
cp "$ROOT/tests/data/profile_park.cfg" "$ROOT/tests/data/profile_orders.csv" .
for words in "-o profile_park.cfg" "-o ./profile_orders.csv" "-o r.h5 --trace profile_orders.csv"; do
    ecopark run profile_park.cfg --quiet $words 2>&1
    echo "exit $?"
done
cmp profile_park.cfg "$ROOT/tests/data/profile_park.cfg"
cmp profile_orders.csv "$ROOT/tests/data/profile_orders.csv"
ls
