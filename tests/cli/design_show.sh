# `show` names the designs of the file, and --origin where a design set a value; --set comes after the design.
cd "$ROOT/tests/data/designs" || exit 1
ecopark check park.cfg 2>&1
ecopark show park.cfg | head -7
for design in alone quick board renewed; do
    echo "--- $design"
    ecopark show park.cfg --design $design --origin 2>/dev/null | grep -E '^#|design '
done
echo "--- after the design"
ecopark show park.cfg --design quick --origin --set 'firms.brick.processes.kiln.capacity=2 t/h' | grep -- --set
ecopark show park.cfg --set 'designs={ x = { title = "no"; }; }' 2>&1
echo "exit $?"
echo "--- again"
ecopark show park.cfg --design board >board.cfg.tmp 2>/dev/null
ecopark show board.cfg.tmp 2>/dev/null | diff - <(grep -v '^#' board.cfg.tmp) && echo the same
rm -f board.cfg.tmp
ecopark why park.cfg --at 2026-01-06 --design quick brick.kiln | head -2
