"""What two correct results files share: everything but /execution, down to the compressed chunks."""
import h5py
import numpy


def same(path):
    """The bytes of a file, without those of /execution: each object as h5dump would show it."""
    found = []

    def visit(name, thing):
        if name.startswith("execution"):
            return
        attrs = [(k, str(v)) for k, v in thing.attrs.items() if k not in ("DIMENSION_LIST", "REFERENCE_LIST")]
        if not isinstance(thing, h5py.Dataset):
            found.append((name, attrs))
            return
        data = thing[()]
        raw = data.tobytes() if isinstance(data, numpy.ndarray) and data.dtype.kind in "fiu" else str(data)
        chunks = []
        if thing.chunks is not None:  # as they lie on the disk, not only as they are read
            for i in range(thing.id.get_num_chunks()):
                offset = thing.id.get_chunk_info(i).chunk_offset
                chunks.append((offset, thing.id.read_direct_chunk(offset)))
        found.append((name, attrs, thing.dtype.str, thing.shape, raw, sorted(chunks)))

    with h5py.File(path) as f:
        found.append(("/", [(k, str(v)) for k, v in f.attrs.items()]))
        f.visititems(visit)
    return found
