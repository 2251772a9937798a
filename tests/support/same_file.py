#!/usr/bin/python3
"""What two correct results files share: all but /execution, down to chunks as they lie on the disk.

    /usr/bin/python3 tests/support/same_file.py A B     names what differs; ends with 0 when nothing does
"""
import sys

import h5py


def same(path):
    """What is in a file, object by object: {name: attributes, type, shape, chunks}."""
    found = {}

    def visit(name, thing):
        if name.split("/")[0] == "execution":
            return
        references = ("DIMENSION_LIST", "REFERENCE_LIST")  # addresses within the file
        found[name] = [(k, str(v)) for k, v in thing.attrs.items() if k not in references]
        if not isinstance(thing, h5py.Dataset):
            return
        found[name] += [thing.dtype.str, thing.shape]
        if thing.chunks is None or thing.dtype.kind == "O":  # chunks of texts hold addresses
            found[name].append(str(thing[()] if thing.shape == () else thing[()].tolist()))
            return
        offsets = sorted(thing.id.get_chunk_info(i).chunk_offset for i in range(thing.id.get_num_chunks()))
        found[name] += [(offset, thing.id.read_direct_chunk(offset)) for offset in offsets]

    with h5py.File(path) as f:
        found["/"] = [(k, str(v)) for k, v in f.attrs.items()]
        f.visititems(visit)
    return found


def differences(a, b):
    """Names of what differs between two results of same()."""
    return [name for name in sorted(set(a) | set(b)) if a.get(name) != b.get(name)]


def main():
    a, b = (same(path) for path in sys.argv[1:3])
    differ = differences(a, b)
    for name in differ:
        print(f"{name} differs")
    return 1 if differ or len(a) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
