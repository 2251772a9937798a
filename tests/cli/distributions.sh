# Every distribution that configs/README.md writes out is understood, with the parameters named there.
mkdir data
printf 'value [h],weight\n3,1\n5,2\n' >data/x.csv
grep -oE '^\| `[a-z]+\([^`]*\)`' "$ROOT/configs/README.md" | tr -d '|`' | while read -r up; do
    cat >park.cfg <<END
format = 1;
park = { start = "2026-01-01"; until = "2026-02-01"; };
streams = { a = { unit = "t"; }; };
firms = { f = { processes = { m = { kind = "continuous"; product = "a"; capacity = "1 t/h";
          failures = { x = { up = "$up"; repair = "1 h"; }; }; }; }; }; };
markets = { m = { buys = { a = { }; }; }; };
END
    ecopark check park.cfg >/dev/null 2>said && echo "$up" || head -1 said # a count is no time, but it is read
done
