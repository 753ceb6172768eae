"""Estimators: every check of scikit-learn, and what else people do with one."""

import pickle
from inspect import signature

import joblib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.inspection import DecisionBoundaryDisplay, permutation_importance
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from trainfcnn import FCNNClassifier, FCNNRegressor, TrainFCNN
from trainfcnn.fitting import OF_NO_ESTIMATOR
from trainfcnn.recipe import SETTINGS

IRIS = load_iris(return_X_y=True)
VALUES = load_diabetes(return_X_y=True)
OF_BOTH = ["early_stopping", "warm_start", "random_state", "verbose", "device", "engine"]
both = pytest.mark.parametrize("kind", [FCNNClassifier, FCNNRegressor])


def data_for(kind):
    return IRIS if kind is FCNNClassifier else VALUES


def quick(kind, **given):
    return kind(**{"dims": [6], "epochs": 8, "random_state": 0} | given)


def assert_same_weights(ours, theirs, off=0.0):
    for name in ("coefs_", "intercepts_"):
        for mine, other in zip(getattr(ours, name), getattr(theirs, name), strict=True):
            np.testing.assert_allclose(mine, other, rtol=off, atol=off)


# Batches are of all that a check has: on smaller ones a weight is not so many copies. Nor is it
# where samples are held out at random; and to begin where the last `fit` ended is not to begin
# anew, which some checks ask of a second `fit`.
SETS = (
    {},
    {"dims": [8], "activation": "tanh", "lr": 0.02, "epochs": 60, "engine": "torch"},
    {"optimizer": "sgd", "lr": 0.02, "momentum": 0.9, "batch_size": 500, "weight_decay": 0.01},
    {"patience": 20, "restarts": 3, "batch_size": 500, "standardize": True},
)


@parametrize_with_checks(
    [kind(**given) for given in SETS for kind in (FCNNClassifier, FCNNRegressor)]
    + [FCNNClassifier(class_weight="balanced", dtype="float64", epochs=50)]
)
def test_every_check_of_scikit_learn_passes(estimator, check):
    check(estimator)


# --- several targets and labels ---

SEVERAL = np.column_stack([VALUES[1], 1e-3 * VALUES[0][:, 2], VALUES[0][:, 8]])
LABELS = (np.median(SEVERAL, axis=0) < SEVERAL).astype(int)


def test_several_values_are_those_of_a_trainer():
    ours = quick(FCNNRegressor).fit(VALUES[0], SEVERAL)
    data = TrainFCNN((VALUES[0], SEVERAL), test_size=0, seed=0)
    theirs = data.train_as(ours.recipe_)
    np.testing.assert_allclose(ours.predict(VALUES[0]), theirs.predict(VALUES[0]), rtol=1e-4)
    assert ours.n_outputs_ == 3
    assert ours.score(VALUES[0], SEVERAL) == pytest.approx(theirs.results()["score"], abs=1e-4)


def test_labels_are_0_and_1_with_a_probability_each():
    ours = quick(FCNNClassifier, epochs=40).fit(VALUES[0], LABELS)
    answers = ours.predict(VALUES[0])
    shares = ours.predict_proba(VALUES[0])
    np.testing.assert_array_equal(answers, shares > 0.5)
    np.testing.assert_allclose(np.exp(ours.predict_log_proba(VALUES[0])), shares, rtol=1e-9)
    assert ours.score(VALUES[0], LABELS) == (answers == LABELS).all(1).mean()
    sparse = quick(FCNNClassifier, epochs=40).fit(VALUES[0], csr_array(LABELS))
    assert_same_weights(sparse, ours)


def test_part_by_part_they_are_learnt_as_well():
    values = quick(FCNNRegressor)
    labels = quick(FCNNClassifier)
    for _ in range(30):
        values.partial_fit(VALUES[0], SEVERAL)
        labels.partial_fit(VALUES[0], LABELS)
    assert values.score(VALUES[0], SEVERAL) > 0.6
    assert labels.predict(VALUES[0]).shape == LABELS.shape
    assert labels.score(VALUES[0], LABELS) > 0.4


@pytest.mark.parametrize(("y", "kind"), [(SEVERAL, "regression"), (LABELS, "multilabel")])
def test_a_trainer_of_several_is_an_estimator_of_several(y, kind):
    trainer = TrainFCNN((VALUES[0], y), kind=kind).train([4], epochs=5)
    estimator = trainer.as_estimator()
    np.testing.assert_array_equal(estimator.predict(VALUES[0]), trainer.predict(VALUES[0]))
    again = clone(estimator).fit(VALUES[0], y)
    assert again.predict(VALUES[0]).shape == y.shape


# --- parameters ---


@both
def test_the_parameters_are_those_of_a_recipe_and_a_few_more(kind):
    of_a_recipe = [name for name in SETTINGS if name not in OF_NO_ESTIMATOR]
    more = ["class_weight"] if kind is FCNNClassifier else []
    assert sorted(kind().get_params()) == sorted([*of_a_recipe, *OF_BOTH, *more])
    assert list(signature(kind).parameters)[: len(of_a_recipe)] == of_a_recipe
    assert all(kind().get_params()[name] is None for name in of_a_recipe)


OTHER = {
    "dims": (3,), "activation": "tanh", "last_activation": "linear", "init": "xavier",
    "optimizer": "sgd", "lr": 0.05, "momentum": 0.5, "nesterov": True, "weight_decay": 0.05,
    "schedule": "step", "epochs": 2, "batch_size": 7, "shuffle": False, "dropout": 0.5,
    "validation": 0.5, "patience": 7, "restarts": 2, "dtype": "float32", "standardize": False,
    "l1": 0.01,
}  # fmt: skip


@both
def test_every_parameter_reaches_the_recipe(kind):
    recipe = kind(**OTHER).fit(*data_for(kind)).recipe_
    assert {name: getattr(recipe, name) for name in OTHER} == OTHER
    adam = kind(betas=(0.5, 0.5), eps=0.1, steps=7).fit(*data_for(kind)).recipe_
    assert (adam.betas, adam.eps, adam.steps) == ((0.5, 0.5), 0.1, 7)
    assert FCNNRegressor(epochs=1, loss="huber").fit(*VALUES).recipe_.loss == "huber"


@both
def test_nothing_is_looked_at_before_fit(kind):
    estimator = kind(dims="many", lr=-1)
    with pytest.raises(ValueError, match=r"^lr must be a number greater than 0, got -1"):
        estimator.set_params(dims=None).fit(*data_for(kind))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("hidden_layer_sizes", "dims"), ("max_iter", "epochs"), ("alpha", "weight_decay")],
)
def test_names_of_scikit_learns_networks_are_translated(theirs, ours):
    with pytest.raises(TypeError, match=f"no argument '{theirs}': did you mean {ours}="):
        FCNNClassifier(**{theirs: 1})


@both
def test_the_same_network_comes_out_as_of_a_trainer(kind):
    x, y = data_for(kind)
    trainer = TrainFCNN((x, y), test_size=0, seed=3).train(dtype="float64", epochs=9)
    assert_same_weights(kind(epochs=9, random_state=3).fit(x, y), trainer.as_estimator())


@both
def test_random_state_is_a_seed_and_without_one_each_fit_is_another(kind):
    x, y = data_for(kind)
    before = np.random.get_state(legacy=False)
    first, other = (quick(kind, random_state=None).fit(x, y) for _ in range(2))
    assert str(before) == str(np.random.get_state(legacy=False))
    assert not np.array_equal(first.coefs_[0], other.coefs_[0])
    assert_same_weights(quick(kind).fit(x, y), quick(kind).fit(x, y))
    drawn = [quick(kind, random_state=np.random.RandomState(1)).fit(x, y) for _ in range(2)]
    assert_same_weights(*drawn)


# --- what is learnt ---


@pytest.mark.parametrize("unit", [1.0, 1e-6, 1e6])
def test_units_and_places_of_the_inputs_do_not_matter(unit):
    x, y = load_breast_cancer(return_X_y=True)
    fitted = FCNNClassifier(random_state=0, epochs=20).fit(unit * x[::2] + 50 * unit, y[::2])
    assert fitted.score(unit * x[1::2] + 50 * unit, y[1::2]) > 0.95


OF_LABELS = {
    "list": list, "array": np.array, "series": pd.Series,
    "objects": lambda y: np.array(y, dtype=object),
}  # fmt: skip


@pytest.mark.parametrize(
    "labels",
    [["no", "yes"], [False, True], [-1, 1], ["a", "b", "c"], [7, 3, 11]],
    ids=str,
)
@pytest.mark.parametrize("of", OF_LABELS.values(), ids=OF_LABELS)
def test_labels_of_any_type_come_back(labels, of):
    y = [labels[place % len(labels)] for place in IRIS[1]]
    fitted = quick(FCNNClassifier, lr=0.03, epochs=200).fit(IRIS[0], of(y))
    assert set(fitted.classes_) <= set(labels)
    answers = fitted.predict(IRIS[0])
    assert answers.dtype == fitted.classes_.dtype
    assert np.mean(answers == np.array(y, dtype=answers.dtype)) > 0.9
    chances = fitted.predict_proba(IRIS[0])
    np.testing.assert_allclose(chances.sum(1), 1)
    np.testing.assert_array_equal(fitted.classes_[chances.argmax(1)], answers)
    np.testing.assert_allclose(np.exp(fitted.predict_log_proba(IRIS[0])), chances)


def test_scores_are_log_odds_and_logarithms_stay_finite():
    x, y = load_breast_cancer(return_X_y=True)
    fitted = quick(FCNNClassifier).fit(x, y)
    chances = fitted.predict_proba(x)
    ordinary = chances.min(1) > 1e-6
    odds = np.log(chances[ordinary, 1] / chances[ordinary, 0])
    np.testing.assert_allclose(fitted.decision_function(x)[ordinary], odds, rtol=1e-6)
    assert np.isfinite(fitted.predict_log_proba(1e4 * x)).all()


@both
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_is_trained_in_the_precision_of_its_inputs(kind, dtype):
    x, y = data_for(kind)
    fitted = quick(kind).fit(x.astype(dtype), y)
    assert fitted.recipe_.dtype == np.dtype(dtype).name
    assert all(coef.dtype == dtype for coef in fitted.coefs_)


@both
def test_weights_of_samples_and_copies_of_them_are_the_same(kind):
    x, y = data_for(kind)
    counts = np.random.default_rng(0).integers(0, 3, len(x))
    given = quick(kind, batch_size=10_000, epochs=40, weight_decay=0.001)
    ours = clone(given).fit(x, y, sample_weight=counts)
    theirs = clone(given).fit(x.repeat(counts, 0), y.repeat(counts))
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x), rtol=1e-6)
    assert ours.loss_ == pytest.approx(theirs.loss_, rel=1e-6)


# --- on and on ---


@both
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_partial_fit_a_hundred_times_is_fit_for_a_hundred_epochs(kind, momentum):
    x, y = data_for(kind)
    plain = quick(kind, optimizer="sgd", lr=0.01, momentum=momentum, schedule="constant")
    whole = clone(plain).set_params(epochs=100).fit(x, y)
    part = clone(plain)
    for _ in range(100):
        part.partial_fit(x, y, **({"classes": [0, 1, 2]} if kind is FCNNClassifier else {}))
    assert_same_weights(part, whole)
    assert (part.n_iter_, part.loss_curve_) == (100, whole.loss_curve_)


@both
def test_partial_fit_goes_on_after_a_pickle_as_without(kind):
    x, y = data_for(kind)
    first = quick(kind).fit(x, y)
    for _ in range(3):
        sent = pickle.loads(pickle.dumps(first))
        for one in (first, sent):
            one.partial_fit(x[::2], y[::2])
        assert_same_weights(first, sent)
    assert first.n_iter_ == 11


@both
def test_fit_begins_anew_unless_it_is_told_to_go_on(kind):
    x, y = data_for(kind)
    once = quick(kind).fit(x, y)
    assert_same_weights(clone(once).fit(x, y).fit(x, y), once)
    on = clone(once).set_params(warm_start=True).fit(x, y)
    first = on.loss_curve_
    assert on.fit(x, y).loss_curve_[0] < first[0]
    with pytest.raises(ValueError, match=r"keeps its sizes, \[(4|10), 6, .\], got .* leave dims"):
        on.set_params(dims=[7]).fit(x, y)


@both
def test_an_early_stop_keeps_the_best(kind):
    x, y = data_for(kind)
    fitted = quick(kind, early_stopping=True, epochs=3000).fit(x, y)
    assert fitted.n_iter_ < 3000
    assert len(fitted.history_.validation_loss) == fitted.n_iter_
    assert fitted.loss_ == fitted.history_.validation_loss.min()
    assert (fitted.recipe_.validation, fitted.recipe_.patience) == (0.1, 10)
    other = quick(kind, early_stopping=True, validation=0.3, patience=5).fit(x, y).recipe_
    assert (other.validation, other.patience) == (0.3, 5)


def test_what_diverges_warns_and_gives_no_answer():
    with pytest.warns(ConvergenceWarning, match="diverged.*try a lower lr than 1e"):
        fitted = quick(FCNNRegressor, optimizer="sgd", lr=1e8, epochs=50).fit(*VALUES)
    with pytest.raises(ValueError, match=r"must give numbers, got NaN .* lower lr"):
        fitted.predict(VALUES[0])


# --- elsewhere ---


@both
def test_it_is_small_and_says_the_same_after_pickle_joblib_and_clone(kind, tmp_path):
    x, y = data_for(kind)
    fitted = kind(epochs=200, dims=[50, 50], random_state=0).fit(x.repeat(20, 0), y.repeat(20))
    weights = sum(parameter.nbytes for parameter in (*fitted.coefs_, *fitted.intercepts_))
    assert len(pickle.dumps(fitted)) < 1.5 * weights + 20_000
    joblib.dump(fitted, tmp_path / "model")
    for back in (pickle.loads(pickle.dumps(fitted)), joblib.load(tmp_path / "model")):
        np.testing.assert_array_equal(back.predict(x), fitted.predict(x))
    assert clone(fitted).get_params() == fitted.get_params()
    with pytest.raises(NotFittedError):
        clone(fitted).predict(x)


@pytest.mark.slow
@both
def test_grids_and_folds_run_on_two_processes_as_on_one(kind):
    x, y = data_for(kind)
    model = make_pipeline(StandardScaler(), quick(kind))
    step = model.steps[-1][0]
    grid = {f"{step}__dims": [[2], [8]], f"{step}__activation": ["relu", "tanh"]}
    found = [GridSearchCV(model, grid, cv=3, n_jobs=n).fit(x, y) for n in (1, 2)]
    scores = [one.cv_results_["mean_test_score"] for one in found]
    np.testing.assert_array_equal(*scores)
    np.testing.assert_array_equal(*(cross_val_score(model, x, y, n_jobs=n) for n in (1, 2)))
    assert found[0].best_estimator_[-1].network_.dims[1] in (2, 8)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_what_looks_at_estimators_can_look_at_it(n_classes):
    x, y = IRIS[0][:, 2:], np.minimum(IRIS[1], n_classes - 1)
    fitted = quick(FCNNClassifier, lr=0.03, epochs=100).fit(x, y)
    for method in ("auto", "predict_proba", "decision_function", "predict"):
        drawn = DecisionBoundaryDisplay.from_estimator(
            fitted, x, response_method=method, ax=Figure().subplots()
        )
        assert drawn.response.shape[:2] == (100, 100)
    importance = permutation_importance(fitted, x, y, n_repeats=3, random_state=0)
    assert importance.importances_mean.max() > 0.1
    calibrated = CalibratedClassifierCV(clone(fitted), cv=3).fit(x, y)
    assert calibrated.predict_proba(x).shape == (len(x), n_classes)
    assert calibrated.score(x, y) > 0.9


def test_columns_of_a_frame_are_known_by_their_names():
    frame, y = load_iris(return_X_y=True, as_frame=True)
    fitted = quick(FCNNClassifier).fit(frame, y)
    assert list(fitted.feature_names_in_) == list(frame.columns)
    assert fitted.n_features_in_ == 4
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(frame[frame.columns[::-1]])


# --- of a trainer ---


@pytest.mark.parametrize("source", ["xor", "blobs", "prod", "digits"])
def test_an_estimator_of_a_trainer_answers_as_it_does(source):
    trainer = TrainFCNN(source, n_samples=150).train(epochs=2)
    estimator = trainer.as_estimator()
    x = trainer.dataset.x_test
    np.testing.assert_array_equal(estimator.predict(x), trainer.predict(x))
    assert estimator.score(x, trainer.predict(x)) == 1
    if trainer.kind != "regression":
        np.testing.assert_allclose(estimator.predict_proba(x), trainer.predict_proba(x))
    assert estimator.recipe_ is trainer.recipe
    assert estimator.n_iter_ == 2
    sent = pickle.loads(pickle.dumps(estimator))
    np.testing.assert_array_equal(sent.predict(x), trainer.predict(x))


def test_a_clone_of_a_trainers_estimator_trains_by_its_recipe():
    trainer = TrainFCNN(IRIS, test_size=0).train(dims=[5], steps=40, lr=0.02, dropout=0.1)
    again = clone(trainer.as_estimator()).fit(*IRIS)
    assert again.recipe_ == trainer.recipe.but(weight_seed=None) or (
        again.recipe_.but(weight_seed=0) == trainer.recipe.but(weight_seed=0)
    )
    assert_same_weights(again, trainer.as_estimator())


def test_names_of_a_tables_columns_come_along():
    frame = pd.DataFrame(IRIS[0], columns=["a", "b", "c", "d"]).assign(kind=IRIS[1])
    trainer = TrainFCNN(frame).train(epochs=2)
    estimator = trainer.as_estimator()
    answers = estimator.predict(frame[["a", "b", "c", "d"]])
    np.testing.assert_array_equal(answers, trainer.predict(frame.drop(columns="kind")))


# --- refused ---

X, Y = IRIS
REFUSED = {
    "sparse inputs": (lambda: FCNNClassifier().fit(csr_array(X), Y), "Sparse data was passed"),
    "one class": (lambda: FCNNClassifier().fit(X, 0 * Y), "at least two classes .*, got one class"),
    "weights of one class": (
        lambda: FCNNClassifier().fit(X, Y, sample_weight=Y == 1), "got one class, 1"
    ),
    "no classes": (lambda: FCNNClassifier().partial_fit(X, Y), "classes must be all labels"),
    "a single class": (lambda: FCNNClassifier().partial_fit(X, Y, [2]), "two or more"),
    "other classes": (
        lambda: FCNNClassifier().partial_fit(X, Y, [0, 1, 2]).partial_fit(X, Y, [1, 2, 3]),
        "classes must be those of the first call",
    ),
    "a new label": (lambda: FCNNClassifier().partial_fit(X, Y, [0, 1]), "must hold the classes"),
    "values as classes": (lambda: FCNNClassifier().fit(X, Y + 0.5 * X[:, 0]), "Unknown label type"),
    "warm start, other classes": (
        lambda: FCNNClassifier(warm_start=True, epochs=1).fit(X, Y).fit(X, Y > 0),
        "warm_start can only be used where `y` has the same classes",
    ),
    "an early stop of one epoch": (
        lambda: FCNNRegressor(early_stopping=True).partial_fit(X, Y), "cannot stop early"
    ),
    "several classes": (
        lambda: FCNNClassifier().fit(X, np.column_stack([Y, Y])), "one target a row, or columns"
    ),
    "a weight too few": (lambda: FCNNRegressor().fit(X, Y, [1, 2]), "one for each sample, got"),
    "a class too many": (
        lambda: FCNNClassifier(class_weight={7: 1}).fit(X, Y), "got one for 7: leave it out"
    ),
    "a seed": (lambda: FCNNClassifier(random_state=-1).fit(X, Y), "random_state must be an int"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_in_words(name):
    call, told = REFUSED[name]
    with pytest.raises((ValueError, TypeError), match=told):
        call()
