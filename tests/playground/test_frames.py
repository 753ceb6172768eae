"""Messages: what goes in comes out, on the right places, and is never too large."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from trainfcnn.playground import frames
from trainfcnn.playground.experiment import Experiment
from trainfcnn.playground.pictures import frame
from trainfcnn.playground.settings import Settings

ARRAYS = st.dictionaries(
    st.text("abcdé", min_size=1, max_size=5),
    arrays_of.arrays(
        st.sampled_from(["u1", "i1", "<u4", "<f4"]),
        arrays_of.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=7),
    ),
    max_size=5,
)


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9)), ARRAYS)
def test_a_message_is_read_as_it_was_written_and_its_arrays_begin_at_eighths(head, arrays):
    head.pop("arrays", None)
    message = frames.encode(head, arrays)
    assert len(message) % 8 == 0
    assert (4 + int.from_bytes(message[:4], "little")) % 8 == 0
    read, found = frames.decode(message)
    assert {name: value for name, value in read.items() if name != "arrays"} == head
    assert [name for name, *_ in read["arrays"]] == list(arrays)
    for name, array in arrays.items():
        assert np.array_equal(found[name], array, equal_nan=array.dtype.kind == "f")


def test_what_json_cannot_hold_is_null():
    message = frames.encode({"loss": np.float32("nan"), "of": [np.inf, np.int64(3)]})
    assert frames.decode(message)[0] == {"loss": None, "of": [None, 3], "arrays": []}


@given(arrays_of.arrays(np.float32, (3, 4, 4), elements=st.floats(width=32)))
def test_a_map_is_told_to_within_half_a_grey_level(maps):
    levels, ends = frames.spread(maps)
    for map_, level, (low, high) in zip(maps, levels, ends, strict=True):
        finite = np.nan_to_num(map_, posinf=1e30, neginf=-1e30).astype(float)
        assert (low, high) == (finite.min(), finite.max())
        if low == high:
            assert (level == 128).all()
        else:
            again = low + level / 255 * (high - low)
            np.testing.assert_allclose(again, finite, atol=0.51 * (high - low) / 255)


def test_of_more_classes_the_likeliest_and_its_probability_are_told():
    answers = np.array([[0.2, 0.1], [0.5, 0.1], [0.3, 0.8]])[None]  # (K, classes, n)
    packed = frames.answer_bytes(answers, "multiclass", 0, 1)
    assert packed.tolist() == [[[1, 2], [128, 204]]]


@pytest.mark.parametrize("dataset", ["xor", "quadrants"])
@pytest.mark.parametrize("networks", [1, 64])
@pytest.mark.parametrize("dims", [[], [8, 8], [32] * 6])
def test_no_picture_is_larger_than_64_kb(dataset, networks, dims):
    choice = {"dataset": dataset, "networks": networks, "dims": dims, "batch_size": 250}
    experiment = Experiment(Settings().but(choice))
    experiment.advance(32)
    picture = frame(experiment, {"run": "a", "frame": 10**6}, 0, quickly=False)
    assert len(picture) <= frames.MOST_BYTES
