# A model whose time hardly moves is stopped, with the names and what to change.
cd "$ROOT/tests/data/endless" || exit 1
for park in failures reorder; do
    ecopark run $park.cfg -o "$OLDPWD/results.h5" --quiet 2>&1
    echo "exit $?"
done
ls "$OLDPWD"
