from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn

from datalake.errors import CorruptObjectError
from datalake.panels.packing import pack, unpack

DTYPES = st.sampled_from(["u1", "i4", "i8", "u8", "f8", "f4", "b1"])
SHAPES = hn.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=7)
HEADERS = st.dictionaries(
    st.text(max_size=8), st.integers() | st.text(max_size=8) | st.none() | st.lists(st.booleans(), max_size=3), max_size=4
)


@given(HEADERS, st.dictionaries(st.text(max_size=8), hn.arrays(DTYPES, SHAPES), max_size=4))
def test_what_goes_in_comes_out(header, arrays):
    data = pack(header, arrays)
    found, back = unpack(data)
    assert found == header
    assert list(back) == list(arrays)
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        assert back[name].shape == array.shape
        assert back[name].tobytes() == array.tobytes()
        assert back[name].flags.writeable and back[name].flags.c_contiguous
        assert back[name].size == 0 or back[name].ctypes.data % 64 == 0
    assert pack(found, back) == data


def test_columns_of_a_wider_array_are_packed_in_c_order():
    wide = np.arange(12, dtype=np.int32).reshape(3, 4)
    assert (unpack(pack({}, {"x": wide[:, ::2]}))[1]["x"] == wide[:, ::2]).all()


def test_a_mapping_is_viewed_and_the_file_stays(tmp_path: Path):
    file = tmp_path / "x.arrays"
    file.write_bytes(pack({"a": 1}, {"x": np.arange(5)}))
    before = file.read_bytes()
    mapped = np.memmap(file, dtype=np.uint8, mode="c")
    x = unpack(mapped)[1]["x"]
    assert type(x) is np.ndarray and np.shares_memory(x, mapped)
    x[0] = 99
    assert file.read_bytes() == before


@pytest.mark.parametrize("cut", [0, 5, 15, 40, -1])
def test_half_an_object_is_told(cut: int):
    data = pack({"a": 1}, {"x": np.arange(50)})
    with pytest.raises(CorruptObjectError):
        unpack(data[:cut])


def test_other_bytes_are_told():
    with pytest.raises(CorruptObjectError):
        unpack(b"PAR1" * 30)


def test_an_unknown_dtype_is_refused():
    with pytest.raises(ValueError, match="complex128"):
        pack({}, {"x": np.zeros(2, dtype=complex)})
