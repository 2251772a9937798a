# A demand that nobody can serve any more is unserved, so taking the seller away is no improvement; and
# check says where a seller without limit counts beside one with a limit.
cp "$ROOT"/tests/data/faults/unserved_*.cfg "$ROOT/tests/data/faults/unlimited_seller.cfg" .
ecopark sweep unserved_study.cfg -o u.h5 --threads 1 2>/dev/null >/dev/null || echo "sweep failed"
ecopark compare u.h5
ecopark check unlimited_seller.cfg 2>&1 | grep warning
