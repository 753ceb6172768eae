"""Samples beside the training data are read as these were."""

import numpy as np
import pandas as pd
import pytest

from trainfcnn import TrainFCNN
from trainfcnn.data.samples import inputs_like, with_validation
from trainfcnn.data.sources import as_dataset

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
NAMES = np.where(X[:, 0] > X[:, 1], "spam", "ham")


def test_a_sample_of_ones_own_is_what_the_weights_are_chosen_on():
    more = RNG.normal(size=(30, 2))
    truth = np.where(more[:, 0] > more[:, 1], "spam", "ham")
    mine = TrainFCNN((X, NAMES)).train(epochs=12, lr=0.1, validation=(more, truth))
    history = mine.history
    assert len(history.validation_loss) == 12
    assert history.best_epoch == history.validation_loss.argmin() + 1
    assert history.validation_score[history.best_epoch - 1] == pytest.approx(
        mine.score(more, truth)
    )
    assert "30 points for the validation" in repr(mine)
    assert len(mine.run.dataset.x) == 48  # nothing more is held out
    assert mine.recipe.validation == 0


TABLE = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "sort": NAMES})


def test_a_whole_table_has_its_targets_in_it():
    mine = TrainFCNN(TABLE, target="sort").train(epochs=3, validation=TABLE.head(25))
    assert mine.results()["n_validation"] == 25
    assert mine.results()["validation_score"] == pytest.approx(mine.score(TABLE.head(25)))
    assert mine.score(TABLE) == mine.score(TABLE[["b", "a"]], TABLE.sort)
    data = as_dataset(TABLE.head(40), target="sort", test_size=TABLE.tail(20))
    np.testing.assert_array_equal(data.x_test, X[40:])
    for call in (
        lambda: mine.score(TABLE[["a", "b"]]),
        lambda: mine.train(validation=TABLE[["a"]]),
    ):
        with pytest.raises(
            ValueError, match=r"must be a table with the column of the targets, 'sort'"
        ):
            call()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["1,5", "2,25", "3,75", "4,125"], [1.5, 2.25, 3.75, 4.125]),
        (["1,500", "2,250", "13,750", "999"], [1500, 2250, 13750, 999]),
        (["1.500,5", "2.250,25", "3,5", "4,25"], [1500.5, 2250.25, 3.5, 4.25]),
        (["1\u202f500,5", "2\u202f250", "13\u202f750", "4,25"], [1500.5, 2250, 13750, 4.25]),
        (["1'500", "2'250.5", "3", "1'234'567"], [1500, 2250.5, 3, 1234567]),
        (["1.5", "2.5", "3", "4"], [1.5, 2.5, 3, 4]),
    ],
)
def test_numbers_are_read_as_in_the_training_whatever_stands_beside_them(written, read):
    table = pd.DataFrame({"p": written * 10, "y": range(40)})
    data = as_dataset(table, target="y")
    for text, number in zip(written, read, strict=True):
        assert inputs_like(data, pd.DataFrame({"p": [text]})).tolist() == [[number]]
    assert inputs_like(data, pd.DataFrame({"p": read})).ravel().tolist() == read
    with pytest.raises(ValueError, match=r"column 'p' of X must hold a number, got '1,2.3,4'"):
        inputs_like(data, pd.DataFrame({"p": ["1,2.3,4"]}))


def test_a_file_with_decimal_commas_says_so_of_frames_as_well(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("a;y\n" + "\n".join(f"1,{i:03d};{i}" for i in range(60)))
    data = as_dataset(path)
    found = inputs_like(data, pd.read_csv(path, sep=";"))
    np.testing.assert_allclose(found.ravel(), 1 + np.arange(60) / 1000)


def test_a_function_names_its_features_and_formulas_theirs():
    older = TrainFCNN(lambda age, income: age > income, n_samples=50).train(epochs=1)
    assert older.dataset.feature_names == ("age", "income")
    x = pd.DataFrame({"income": [1.0, -1.0], "age": [-1.0, 1.0]})
    assert (older.predict(x) == older.predict(x[["age", "income"]].to_numpy())).all()
    with pytest.raises(ValueError, match="none called 'age'"):
        older.predict(x.set_axis(["foo", "bar"], axis=1))
    xor = as_dataset("xor", n_samples=5)
    named = x.set_axis(["x2", "x1"], axis=1)
    np.testing.assert_array_equal(inputs_like(xor, named), x.to_numpy()[:, ::-1])


def test_a_whole_table_says_nothing_to_data_that_were_none():
    mine = TrainFCNN((X, NAMES)).train(epochs=1)
    with pytest.raises(ValueError, match=r"^X must come with its targets, .* give X and y"):
        mine.score(TABLE)


def test_targets_are_no_feature():
    with pytest.raises(ValueError, match="y must be no feature, and is column 'sort' of X: try"):
        as_dataset((TABLE, TABLE["sort"]))


def test_the_next_training_knows_nothing_of_it():
    mine = TrainFCNN((X, NAMES)).train(epochs=1, validation=(X, NAMES))
    assert not len(mine.train(epochs=1).history.validation_loss)


def test_a_frame_is_read_by_the_names_of_its_columns():
    table = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "city": ["x", "y", "z"] * 20, "t": NAMES})
    data = as_dataset(table, target="t")
    found = with_validation(data, (table[["city", "b", "a"]], table.t))
    x, y = found.validation
    np.testing.assert_array_equal(x[:, :2], X)
    assert x.shape == (60, 5)
    assert y.tolist() == (NAMES == "spam").tolist()


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        ((X,), "validation must be a share, or a sample .X, y., got "),
        ([0.1, 0.2], "validation must be a share, or a sample .X, y., got .0.1, 0.2.: try"),
        (("a.csv", NAMES), "does not fit: X must hold rows of numbers, got 'a.csv'"),
        ((X[:, :1], NAMES), "the sample validation=.X, y. does not fit: .* 2"),
        ((X, ["eggs"] * 60), "the sample validation=.X, y. does not fit: .*'eggs'"),
        ((X, NAMES[1:]), "the sample validation=.X, y. does not fit: .*equal length"),
    ],
)
def test_a_sample_that_does_not_fit_is_refused(sample, told):
    with pytest.raises(ValueError, match=told):
        TrainFCNN((X, NAMES)).train(validation=sample)
