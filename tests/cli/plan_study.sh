# The study of configs/README.md, as a reader would copy it; then as JSON, and what cannot be planned.
cp "$ROOT/configs/first_park.cfg" .
sed -n '/^    format = 1;  park = "first_park.cfg"/,/^    };/p' "$ROOT/configs/README.md" >study.cfg
ecopark plan study.cfg --points 2 --threads 2
ecopark plan study.cfg --points 1 --json | /usr/bin/python3 -c '
import json, sys
p = json.load(sys.stdin)
print(p["points"], p["combinations"], p["runs_least"], p["runs_most"], len(p["probes"]), p["shown"][1]["axes"]["yard"])
print(0 < p["wall_s_least"] < p["wall_s_most"], 0 < p["bytes_least"] < p["bytes_most"])'
ls
ecopark plan first_park.cfg 2>&1
echo "exit $?"
ecopark plan study.cfg -o first_park.cfg 2>&1
echo "exit $?"
