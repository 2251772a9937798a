# The study that configs/README.md tells of: every link pays for the park, two users are not sure.
ecopark sweep "$ROOT/configs/ulsan_links.cfg" -o links.h5 >/dev/null 2>&1 || echo "sweep failed"
ecopark compare links.h5 --response cost --response co2 --response hyosung_pays --response motor_pays
