import weakref
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn

from datalake.errors import CorruptObjectError
from datalake.panels.packing import check, outline_of, pack, poured, unpack

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
    check(data)
    assert outline_of(lambda start, count: data[start : start + count]) == (header, len(data))


@given(HEADERS, st.dictionaries(st.text(max_size=8), hn.arrays(DTYPES, SHAPES), max_size=4), st.booleans())
def test_poured_bytes_are_the_packed_ones(header, arrays, turned):
    """Whatever order the arrays' own memory has; and they are given away."""
    given_away = {name: np.array(array, order="F" if turned else "C") for name, array in arrays.items()}
    assert poured(header, given_away) == pack(header, arrays)
    assert given_away == {}


def test_pouring_does_not_hold_all_arrays_twice():
    """The one that was copied last may still be there when the next one is taken, and no other."""
    alive: list[int] = []

    class Watched(dict):
        def pop(self, name):
            array = super().pop(name)
            alive.append(sum(each() is not None for each in watched))
            watched.append(weakref.ref(array))
            return array

    watched: list[weakref.ref] = []
    poured({}, Watched({str(number): np.ones(5) for number in range(4)}))
    assert alive == [0, 1, 1, 1]


@given(HEADERS, st.dictionaries(st.text(max_size=8), hn.arrays(DTYPES, SHAPES), max_size=3), st.data())
def test_any_byte_that_changed_is_found(header, arrays, drawn):
    data = bytearray(pack(header, arrays))
    data[drawn.draw(st.integers(0, len(data) - 1))] ^= drawn.draw(st.integers(1, 255))
    with pytest.raises(CorruptObjectError):
        check(data)


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_told_and_never_a_surprise(data: bytes, begun: bool):
    told = b"LIANGHU1" + data if begun else data
    for ask in (check, unpack, lambda some: outline_of(lambda start, count: some[start : start + count])):
        with pytest.raises(CorruptObjectError):
            ask(told)


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
    for ask in (unpack, check):
        with pytest.raises(CorruptObjectError):
            ask(data[:cut])


def test_what_does_not_say_its_bytes_is_read_and_not_vouched_for():
    """Results of an earlier version have no hash inside; their names are hashes."""
    data = pack({"a": 1}, {"x": np.arange(8)})
    start = data.index(b',"sha256"')
    end = data.index(b"}", start)
    older = data[:start] + b"}" + b" " * (end - start) + data[end + 1 :]
    assert unpack(older)[1]["x"].tolist() == list(range(8))
    with pytest.raises(CorruptObjectError, match="does not say"):
        check(older)


def test_other_bytes_are_told():
    with pytest.raises(CorruptObjectError):
        unpack(b"PAR1" * 30)


def test_an_unknown_dtype_is_refused():
    with pytest.raises(ValueError, match="complex128"):
        pack({}, {"x": np.zeros(2, dtype=complex)})
