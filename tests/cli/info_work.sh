ecopark run "$ROOT/configs/first_park.cfg" --replications 2 --quiet -o two.h5
ecopark info two.h5 | grep -E '^runs|rates_(events|loops) .*mean'
ecopark info "$ROOT/configs/first_park.cfg" 2>&1
