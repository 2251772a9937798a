# What `show` prints is a park that gives the same results.
ecopark show "$ROOT/configs/first_park.cfg" >shown.cfg
ecopark run "$ROOT/configs/first_park.cfg" -o a.h5 --quiet --json | grep -E '"amount"|"residual"' >a
ecopark run shown.cfg -o b.h5 --quiet --json | grep -E '"amount"|"residual"' >b
[ "$(wc -l <a)" -gt 10 ] && cmp a b && echo same
