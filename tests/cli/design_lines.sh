# `check` tells the mistakes in the lines of every design at once, each with its place and the design's name;
# the park as written runs on.
cd "$ROOT/tests/data/designs" || exit 1
ecopark check lines.cfg 2>&1
echo "exit $?"
ecopark check lines.cfg --design lost 2>&1 | grep -c 'design lost'
ecopark check lines.cfg --design base
ecopark show lines.cfg --design wron 2>&1
echo "exit $?"
ecopark check lines.cfg --design fewer --json | grep '"via"' | sort | uniq -c
