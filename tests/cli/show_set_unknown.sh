ecopark show "$ROOT/configs/first_park.cfg" --set 'firms.mil.processes.machine.capacity=3 t/h'
