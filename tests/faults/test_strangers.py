#!/usr/bin/python3
"""Results files from strangers: forged ones are refused at once, copies that other programs save are read.

    test_strangers.py ECOPARK SOURCE
"""
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy

ECOPARK, SOURCE = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
del sys.argv[1:]
STUDY = """format = 1; park = "park.cfg";
study = { replications = 2; axes = { cap = { path = "firms.mill.processes.boiler.capacity"; values = ("9 t/h", "12 t/h"); }; };
          responses = { paid = { of = "%s"; }; }; };
"""
BASE = None


def setUpModule():
    """One results file of a study with the ledger, series and a response, and a folder of parts."""
    global BASE
    BASE = Path(tempfile.mkdtemp(prefix="ecopark_strangers_"))
    text = (SOURCE / "configs/first_park.cfg").read_text().replace('until = "2027-01-01"', 'until = "2026-01-08"')
    (BASE / "park.cfg").write_text(text)
    (BASE / "study.cfg").write_text(STUDY % "money.operating_cost")
    for words in (["sweep", "study.cfg", "-o", "s.h5", "--keep-parts", "--quiet"],
                  ["run", "park.cfg", "-o", "one.h5", "--quiet"]):
        done = subprocess.run([ECOPARK, *words], cwd=BASE, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    global GOOD_BYTES
    GOOD_BYTES = measured(["info", "s.h5"], BASE)[2]


def tearDownModule():
    shutil.rmtree(BASE)


GOOD_BYTES = 0  # memory that `info` of a good file takes

# A file from a stranger must not cost more than this, beside what a good one does: in processor time, which
# others on the machine hardly change, and in memory in use.
MOST_SECONDS = 1.0
MOST_BYTES = 100 << 20
SLOWER = 20 if "ECO_SANITIZED" in os.environ else 1


def few_resources():
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))  # the libraries alone take 150 MB of addresses


def measured(words, cwd, limited=True):
    """Run it; what it ended with and said, its processor time [s] and its most memory in use [B]."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = subprocess.Popen([ECOPARK, *words], cwd=cwd, stdout=out, stderr=err, env=environment(),
                                   preexec_fn=few_resources if limited and SLOWER == 1 else None)
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read())
    done = subprocess.CompletedProcess(words, started.returncode, *said)
    return done, used.ru_utime + used.ru_stime, used.ru_maxrss << 10


def environment():
    """libhdf5 1.10.8 itself loses 56 bytes on its way out of an object that it cannot decode (the leak
    sanitizer shows frames of the library alone, whether it is shared or linked in); what this program loses is still told."""
    (BASE / "lsan.supp").write_text("leak:libhdf5\nleak:H5FL_\n")
    return {**os.environ, "LSAN_OPTIONS": f"suppressions={BASE / 'lsan.supp'}:print_suppressions=0"}


class Strangers(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="ecopark_stranger_"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.file = self.folder / "x.h5"
        shutil.copy(BASE / "s.h5", self.file)

    def call(self, *words, code, limited=True):
        done, seconds, most = measured(words, self.folder, limited)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        self.assertLess(seconds, MOST_SECONDS * SLOWER, words)
        if SLOWER == 1:
            self.assertLess(most - GOOD_BYTES, MOST_BYTES, words)
        return done

    def refused(self, file="x.h5"):
        for words in (("info", file), ("export", file, "-o", "tables"), ("compare", file), ("merge", file, "-o", "m.h5")):
            said = self.call(*words, code=65).stderr
            self.assertEqual(said.count("\n"), 1, said)
        self.assertFalse((self.folder / "tables").exists() and list((self.folder / "tables").iterdir()))

    def rewrite(self, name, change, source="s.h5"):
        """The file with one object replaced; attributes are kept."""
        shutil.copy(BASE / source, self.file)
        with h5py.File(self.file, "r+") as f:
            change(f, name)

    # ---- as others save it ----

    def test_prepared_files_are_refused(self):
        for path in sorted((SOURCE / "tests/data/faults/h5").glob("*.h5")):
            with self.subTest(path.name):
                shutil.copy(path, self.file)
                os.chmod(self.file, 0o644)
                self.refused()

    def test_files_of_format_1_0_are_read(self):
        old = SOURCE / "tests/unit/sim/store/results_1_0.h5"
        self.call("info", str(old), code=0)
        self.assertIn("no checksum", self.call("info", "--verify", str(old), code=0).stdout)

    def tables(self, file, groups=True):
        out = self.folder / f"tables_of_{file}"
        self.call("export", file, "-o", out, code=0, limited=False)
        return {p.name: p.read_bytes() for p in out.iterdir() if groups or p.name in ("flows.csv", "flows_by_run.csv",
                                                                                    "series.csv", "runs.csv")}

    def test_copies_by_nccopy_say_the_same(self):
        for options in ([], ["-k", "nc4"], ["-u"]):
            with self.subTest(options):
                subprocess.run(["nccopy", *options, self.file, self.folder / "copy.h5"], check=True)
                self.assertEqual(self.tables("copy.h5"), self.tables("x.h5"))
                self.assertEqual(self.call("compare", "copy.h5", code=0).stdout,
                                 self.call("compare", "x.h5", code=0).stdout)
                self.assertIn("no checksum", self.call("info", "copy.h5", "--verify", code=0).stdout)

    def test_copies_by_xarray_say_the_same(self):
        import xarray
        for engine in ("netcdf4", "h5netcdf"):
            with self.subTest(engine):
                with xarray.open_dataset(self.file, engine=engine) as ds:
                    ds.load().to_netcdf(self.folder / "copy.h5", engine=engine)
                copied, ours = self.tables("copy.h5", groups=False), self.tables("x.h5", groups=False)
                self.assertEqual(sorted(copied), ["flows.csv", "flows_by_run.csv", "runs.csv", "series.csv"])
                self.assertEqual(copied, ours)
                self.assertEqual(self.call("compare", "copy.h5", code=0).stdout,
                                 self.call("compare", "x.h5", code=0).stdout)
                self.call("info", "copy.h5", code=0)

    def test_texts_of_fixed_length_are_read(self):
        for encoding, length in (("utf-8", 64), ("ascii", 40)):
            def fix(f, name):
                labels = [x.encode() for x in f[name].asstr()[()]]
                dtype = h5py.string_dtype(encoding, length)
                new = f.create_dataset("made", data=numpy.array(labels, dtype=f"S{length}").astype(dtype))
                new.dims[0].attach_scale(f["link_t"])
                f[name].dims[0].detach_scale(f["link_t"])
                del f[name]
                f.move("made", name)

            self.rewrite("link_t_from", fix)
            with h5py.File(self.file) as f:
                self.assertEqual(f["link_t_from"].dtype.kind, "S")
            shutil.copy(BASE / "s.h5", self.folder / "s.h5")
            self.assertEqual(self.tables("x.h5"), self.tables("s.h5"))

    # ---- raw bytes ----

    def test_a_flipped_byte_in_any_dataset_is_found(self):
        places = {}
        with h5py.File(self.file) as f:
            def visit(name, thing):
                if not isinstance(thing, h5py.Dataset) or thing.size == 0:
                    return
                if thing.chunks is None:
                    places[name] = thing.id.get_offset()
                elif thing.id.get_num_chunks():
                    places[name] = thing.id.get_chunk_info(0).byte_offset
            f.visititems(visit)
        good = self.file.read_bytes()
        self.call("info", "x.h5", "--verify", code=0)
        self.assertGreater(len(places), 60)
        chosen = sorted(places.items())
        for name, at in chosen + [("anywhere", n) for n in range(0, len(good), len(good) // 15)]:
            if at is None:
                continue
            self.file.write_bytes(good[:at] + bytes([good[at] ^ 0x10]) + good[at + 1:])
            said = self.call("info", "x.h5", "--verify", code=65).stderr
            self.assertIn("damaged", said, name)
        self.refused()

    def test_a_file_that_was_cut_is_found(self):
        good = self.file.read_bytes()
        for length in (0, 1, 100, len(good) // 2, len(good) - 200):
            self.file.write_bytes(good[:length])
            self.refused()

    # ---- forged through HDF5 ----

    def test_what_does_not_fit_is_refused(self):
        def replaced(data, **more):
            def change(f, name):
                scale = h5py.h5ds.is_scale(f[name].id)
                del f[name]
                f.create_dataset(name, data=data, **more)
                if scale:
                    f[name].make_scale(name.split("/")[-1])
            return change

        def huge(length):
            def change(f, name):
                scale = h5py.h5ds.is_scale(f[name].id)
                dtype = f[name].dtype
                shape = (length,) + f[name].shape[1:]
                del f[name]
                f.create_dataset(name, shape=shape, dtype=dtype, chunks=(1,) + shape[1:] if len(shape) > 1 else (1024,))
                if scale:
                    f[name].make_scale(name)
            return change

        cases = [("status", replaced(numpy.zeros(1, "i1"))), ("status", replaced(numpy.zeros((4, 4), "i1"))),
                 ("status", replaced(numpy.array(["a"] * 4, dtype=object), dtype=h5py.string_dtype())),
                 ("run_point", replaced(numpy.zeros(0))), ("replication", replaced(numpy.float64(3))),
                 ("point_design", replaced(numpy.zeros(2))), ("design", replaced(numpy.zeros(4))),
                 ("unit", replaced(numpy.zeros(3))), ("link_t_from", replaced(numpy.zeros(3))),
                 ("link_t", replaced(numpy.array([b"a", b"a"]))), ("party_lat", replaced(numpy.zeros(99))),
                 ("time_bounds", replaced(numpy.zeros((7, 1)))), ("flow_t_total", replaced(numpy.zeros((4, 9999)))),
                 ("ledger/quantity", replaced(numpy.zeros((4, 2)))), ("ledger/entry_to", replaced(numpy.zeros(5))),
                 ("run", huge(1 << 40)), ("run", huge(1 << 30)), ("point", huge(1 << 30)), ("time", huge(1 << 33)),
                 ("ledger/entry", huge(1 << 28)), ("status", huge(1 << 44))]
        for name, change in cases:
            with self.subTest(name):
                self.rewrite(name, change)
                self.refused()

    def test_designs_that_share_nothing_are_not_compared(self):
        count = 20_000  # their table would have 400 million places
        values = {"point_design": [f"d{i}" for i in range(count)], "point_cap": numpy.arange(count, dtype=float),
                  "run_point": numpy.arange(count), "replication": numpy.zeros(count, "i8"),
                  "status": numpy.zeros(count, "i1"), "paid": numpy.ones(count), "paid_mean": numpy.ones(count)}
        with h5py.File(BASE / "s.h5") as old, h5py.File(self.file, "w") as f:
            f.attrs.update({k: v for k, v in old.attrs.items()})
            for name in ("run", "point"):
                f[name] = numpy.arange(count)
                f[name].make_scale(name)
            for name, data in values.items():
                f.create_dataset(name, data=data)
                f[name].attrs.update({k: v for k, v in old[name].attrs.items() if k != "DIMENSION_LIST"})
                f[name].dims[0].attach_scale(f["point" if name.startswith(("point_", "paid_m")) else "run"])
        said = self.call("compare", "x.h5", code=65).stderr
        self.assertIn("its 20000 designs share so few axis values", said)

    def test_hostile_attributes_are_refused(self):
        def many(f, name):
            f.attrs["x"] = numpy.zeros(7000)
            for i in range(11000):
                f.attrs[f"a{i}"] = 1

        def long_text(f, name):
            f[name].attrs["units"] = numpy.array([b"x" * 100] * 600)  # 60 KB: as it may be

        self.rewrite("status", many)
        self.refused()
        self.rewrite("status", long_text)
        self.call("info", "x.h5", code=0)

    def test_values_in_other_files_are_refused(self):
        (self.folder / "secret").write_bytes(b"12345678" * 4)

        def external(f, name):
            del f[name]
            f.create_dataset(name, shape=(4,), dtype="i8", external=[(str(self.folder / "secret"), 0, 32)])

        def virtual(f, name):
            layout = h5py.VirtualLayout(shape=(4,), dtype="i8")
            layout[:] = h5py.VirtualSource(str(BASE / "one.h5"), "run", shape=(4,))
            del f[name]
            f.create_virtual_dataset(name, layout)

        def linked(f, name):
            del f[name]
            f[name] = h5py.ExternalLink(str(BASE / "s.h5"), "/" + name)

        for change in (external, virtual, linked):
            with self.subTest(change.__name__):
                self.rewrite("run_point", change)
                self.call("export", "x.h5", "-o", "tables", code=65)

    def test_dimension_lists_of_another_shape_are_ignored(self):
        def longer(f, name):
            refs = f[name].attrs["DIMENSION_LIST"]
            dtype = f[name].attrs.get_id("DIMENSION_LIST").dtype
            del f[name].attrs["DIMENSION_LIST"]
            data = numpy.empty(500, dtype=object)
            for i in range(500):
                data[i] = refs[0]
            f[name].attrs.create("DIMENSION_LIST", data, dtype=dtype)

        self.rewrite("status", longer)
        self.call("info", "x.h5", code=0)

    # ---- failures ----

    def test_tables_of_failures(self):
        text = h5py.string_dtype()
        good = [("run", "<i8"), ("point", "<i8"), ("time", text), ("reason", text)]
        fixed = [("run", "<i8"), ("point", "<i8"), ("time", "S20"), ("reason", "S40")]
        row = (1, 0, "2026-01-02", "a belt broke")

        def table(dtype, shape=None):
            def change(f, name):
                if shape is None:
                    f.create_dataset(name, data=numpy.array([row[:len(dtype)]], dtype=dtype))
                else:
                    f.create_dataset(name, shape=shape, dtype=dtype, chunks=(1,) * len(shape))
            return change

        for dtype in (good, fixed):
            self.rewrite("failures/table", table(dtype))
            self.assertIn("run 1, point 0, at 2026-01-02: a belt broke", self.call("info", "x.h5", code=0).stdout)
        for change in (table(good, (1 << 40,)), table(good, (2, 2)), table(good[:3]),
                       table([("run", "S8"), *good[1:]])):
            self.rewrite("failures/table", change)
            self.refused()


if __name__ == "__main__":
    unittest.main()
