"""What the picture of models beside each other shows, read off its artists."""

import numpy as np
import pytest
from pictures import assert_nothing_is_clipped_or_overlaps
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from trainfcnn import compare_models
from trainfcnn.analysis.contest import Contest
from trainfcnn.data.toy import make_dataset

MODELS = {"line": LogisticRegression(), "nearest": KNeighborsClassifier(1)}
DATA = [make_dataset("and", 60), make_dataset("quadrants", 60)]


def test_a_row_is_a_data_set_and_the_best_of_it_is_bold():
    contest = Contest.of(MODELS, DATA)
    figure = contest.plot()
    assert_nothing_is_clipped_or_overlaps(figure)
    axes = np.reshape(figure.axes, (2, 2))
    assert [ax.get_ylabel() for ax in axes[:, 0]] == ["and", "quadrants"]
    assert [ax.get_title().splitlines()[0] for ax in axes[0]] == ["line", "nearest"]
    for ax, score, best in zip(axes.flat, contest.scores.flat, contest.best.flat, strict=True):
        assert ax.get_title().splitlines()[-1] == f"{score:.1%}"
        assert ax.title.get_fontweight() == ("bold" if best else "normal")
    assert figure.get_suptitle().endswith("bold where no other has more")


def test_the_headline_names_who_is_best_most_often():
    contest = Contest(DATA, ("a", "b"), Contest.of(MODELS, DATA).grids, np.array([(1, 0), (1, 1)]))
    assert contest.plot().get_suptitle().startswith("a: best on 2 of 2 data sets")


def test_data_sets_are_given_by_name_or_as_data():
    figure = compare_models({"line": LogisticRegression()}, ["and", DATA[1]])
    assert [ax.get_ylabel() for ax in figure.axes] == ["and", "quadrants"]


@pytest.mark.parametrize("datasets", ["xor", []])
def test_without_a_list_of_data_sets_there_is_nothing_to_compare(datasets):
    with pytest.raises(ValueError, match="datasets must be a list of one or more"):
        compare_models(MODELS, datasets)
