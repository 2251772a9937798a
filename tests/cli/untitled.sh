# A park without a title goes by the name of its file.
ecopark check "$ROOT/tests/data/profile_park.cfg"
