ecopark show "$ROOT/configs/ulsan_hyundai.cfg" --origin --set park.failures=false \
    --set 'exchanges.*.open=false' | grep -E 'failures = |open = |policy|every|incinerators x'
