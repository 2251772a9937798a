#!/usr/bin/python3
"""Plants violations of the floor table one by one and looks that check_layers finds each."""
import os
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "scripts"))
import check_layers  # noqa: E402

CLEAN = {
    "sim/base/err.h": "",
    "sim/base/err.c": '#include "sim/base/err.h"\n#include <stdio.h>\n',
    "sim/base/base.c": '#include "eco_commit.h"\n',
    "sim/cfg/cfg.h": '#include "sim/base/err.h"\n',
    "sim/cfg/cfg.c": '#include "sim/cfg/cfg.h"\n#include <libconfig.h>\n',
    "sim/cfg/tree_priv.h": "",
    "sim/core/evq.h": "",
    "sim/flow/rates.h": '#include "sim/core/evq.h"\n',
    "sim/store/h5.c": "#include <hdf5.h>\n",
    "sim/store/row.h": "",
    "sim/store/writer.h": "",
    "sim/sweep/model.h": '#include "sim/store/row.h"\n',
    "sim/sweep/plan.h": '#include "sim/cfg/cfg.h"\n',
    "sim/sweep/runner.c": "#include <omp.h>\n",
    "sim/cli/cli.h": "",
    "sim/flow/CMakeLists.txt": "eco_module(sim_flow SOURCES rates.c USES sim_base sim_core PRIVATELY x)\n",
    "models/park/park.h": '#include "sim/sweep/model.h"\n',
    "models/park/run.c": '#include "sim/store/row.h"\n',  # model.h brings it along
    "models/park/CMakeLists.txt": "eco_module(park SOURCES run.c USES sim_base sim_store sim_sweep)\n",
    "models/park/main.c": '#include "sim/cli/cli.h"\n',
    "tests/unit/test_cfg.c": '#include "sim/cfg/tree_priv.h"\n#include <hdf5.h>\n',
}


def faults_with(extra):
    with tempfile.TemporaryDirectory() as root:
        for path, text in {**CLEAN, **extra}.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        return check_layers.check(root)


class CheckLayers(unittest.TestCase):
    def found(self, words, extra):
        faults = faults_with(extra)
        self.assertEqual(len(faults), 1, faults)
        self.assertIn(words, faults[0])

    def test_a_clean_tree_has_none(self):
        self.assertEqual(faults_with({}), [])

    def test_an_include_upwards(self):
        self.found('sim/core/clock.c:2: "sim/flow/rates.h" is not on a floor below',
                   {"sim/core/clock.c": '#include "sim/core/evq.h"\n#include "sim/flow/rates.h"\n'})

    def test_an_include_sideways(self):
        self.found("not on a floor below", {"sim/store/x.c": '#include "sim/cfg/cfg.h"\n'})

    def test_an_engine_that_knows_of_parks(self):
        self.found("not on a floor below", {"sim/cli/x.c": '  #  include "models/park/park.h"\n'})

    def test_an_engine_that_speaks_of_parks(self):
        self.found("sim/cli/x.c:2: 'ledger' is a word of parks",
                   {"sim/cli/x.c": '// the ledger of a firm\nstatic const char *group = "ledger";\n'})
        self.assertEqual(faults_with({"sim/cli/x.c": "/* a firm,\n a boiler */ static int parts; // exchange\n"}), [])

    def test_a_park_that_meets_more_than_the_model(self):
        self.found("not on a floor below", {"models/park/x.c": '#include "sim/sweep/plan.h"\n'})

    def test_a_park_that_writes_files(self):
        self.found("not on a floor below", {"models/park/x.c": '#include "sim/store/writer.h"\n'})

    def test_a_park_that_uses_the_command_line(self):
        self.found("USES sim_cli", {"models/park/CMakeLists.txt": "eco_module(park SOURCES x.c USES sim_cli)\n"})

    def test_another_than_main_that_meets_the_command_line(self):
        self.found("not on a floor below", {"models/park/x.c": '#include "sim/cli/cli.h"\n'})

    def test_a_machine_that_knows_a_kind(self):
        self.found("not on a floor below", {"models/park/kinds/ways/pipes.h": "",
                                            "models/park/net/x.c": '#include "models/park/kinds/ways/pipes.h"\n'})

    def test_a_kind_that_knows_its_sister(self):
        self.found("not on a floor below", {"models/park/kinds/ways/pipes.h": "",
                                            "models/park/kinds/trade/x.c":
                                            '#include "models/park/kinds/ways/pipes.h"\n'})

    def test_a_room_that_uses_what_is_below(self):
        self.assertEqual(faults_with({"models/park/net/net.h": "",
                                      "models/park/run/x.c": '#include "models/park/net/net.h"\n'}), [])

    def test_a_document_that_is_not_there(self):
        self.found("cites DESIGN", {"sim/core/x.c": "// as in DESIGN 3.\n"})
        self.found("cites STYLE", {"tests/unit/x.c": "// STYLE.md says it\n"})

    def test_a_tolerance_without_a_name(self):
        self.found("a bare tolerance", {"sim/flow/x.c": "const double tiny = 1e-12 * x; // 1e-12\n"})
        self.assertEqual(faults_with({"sim/flow/tolerances.h": "#define SIM_TOLERANCE_X 1e-9\n",
                                      "sim/flow/y.c": " * within 1e-9\n"}), [])

    def test_an_exception_that_nothing_needs(self):
        self.found("remove it from ALSO", {"models/park/main.c": ""})

    def test_a_relative_path(self):
        self.found("no full path", {"sim/cfg/x.c": '#include "cfg.h"\n'})

    def test_a_relative_path_in_a_test(self):
        self.found("no full path", {"tests/unit/test_x.c": '#include "../x.h"\n'})

    def test_a_private_header_abroad(self):
        self.found("own folder", {"sim/sweep/x.c": '#include "sim/cfg/tree_priv.h"\n'})

    def test_libraries_outside_their_floor(self):
        for header in ("libconfig.h", "hdf5.h", "omp.h"):
            self.found(f"<{header}> is for", {"models/park/x.c": f"#include <{header}>\n"})

    def test_a_name_used_twice(self):
        self.found("unique", {"models/park/err.c": ""})

    def test_a_folder_nobody_knows(self):
        self.found("floor table", {"sim/extra/x.c": ""})

    def test_a_target_that_uses_a_higher_one(self):
        self.found("USES sim_flow", {"sim/core/CMakeLists.txt": "eco_module(sim_core\n SOURCES a.c\n USES sim_flow)\n"})


if __name__ == "__main__":
    unittest.main()
