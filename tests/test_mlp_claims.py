"""What scikit-learn's tests claim of its own networks holds for ours, or says why it need not.

The table has a line for each test of sklearn/neural_network/tests/test_mlp.py: a function that
holds the same claim, or the reason why it is out of scope.
"""

import ast
import pickle
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sklearn.neural_network
import torch
from scipy.sparse import csr_array
from sklearn.datasets import (
    load_digits,
    load_iris,
    make_multilabel_classification,
    make_regression,
)
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import MinMaxScaler, scale

from trainfcnn import FCNN, FCNNClassifier, FCNNRegressor
from trainfcnn.data.dataset import Dataset
from trainfcnn.recipe import Recipe
from trainfcnn.training.loop import Training

BOTH = (FCNNClassifier, FCNNRegressor)
IRIS = load_iris(return_X_y=True)
X_REG, Y_REG = make_regression(200, 10, n_informative=5, random_state=7)
Y_REG = scale(Y_REG)


def digits(n_classes, n=200):
    x, y = load_digits(n_class=n_classes, return_X_y=True)
    return MinMaxScaler().fit_transform(x[:n]), y[:n]


def more_decay_leaves_smaller_weights():
    sums = [
        [np.abs(coef).sum() for coef in fitted.coefs_]
        for fitted in (
            FCNNClassifier([10], weight_decay=decay, random_state=1).fit(*digits(2, 100))
            for decay in (0.0, 1.0)
        )
    ]
    assert all(one > other for one, other in zip(*sums, strict=True))


def a_step_is_that_of_an_example_worked_out_by_hand():
    network = FCNN([3, 2, 1], "sigmoid", "sigmoid", dtype=torch.float64)
    weights = ([[0.1, 0.3, 0.5], [0.2, 0.1, 0]], [[0.1, 0.2]])
    biases = ([0.1, 0.1], [1.0])
    with torch.no_grad():
        for layer, weight, bias in zip(network.linears, weights, biases, strict=True):
            layer.weight.copy_(torch.from_numpy(np.array(weight)))
            layer.bias.copy_(torch.from_numpy(np.array(bias)))
    x, y = np.array([[0.6, 0.8, 0.7]]), np.array([0])
    recipe = Recipe([2], "sigmoid", optimizer="sgd", lr=0.1, epochs=1, dtype="float64")
    data = Dataset("one", "binary", x, y, x[:0], y[:0], (0, 1))
    training = Training(data, recipe.but(weight_decay=0.1))
    training.begin_with(network)
    list(training)
    after = training.network()
    hidden = 1 / (1 + np.exp(-(np.array(weights[0]) @ x[0] + 0.1)))
    said = 1 / (1 + np.exp(-(np.array(weights[1][0]) @ hidden + 1)))
    last = np.array(weights[1][0]) - 0.1 * (said * hidden + 0.1 * np.array(weights[1][0]))
    np.testing.assert_allclose(after.linears[1].weight.detach()[0], last, rtol=1e-12)
    np.testing.assert_allclose(after.linears[1].bias.item(), 1 - 0.1 * (said + 0.1), rtol=1e-12)


def partial_fit_refuses_other_classes():
    fitted = FCNNClassifier().partial_fit([[3, 2]], [0], classes=[0, 1])
    with pytest.raises(ValueError, match="classes must be those"):
        fitted.partial_fit([[3, 2]], [0], classes=[1, 2])
    with pytest.raises(ValueError, match="two or more"):
        FCNNClassifier().partial_fit([[3, 2], [1, 6]], [1, 0], classes=[2])


def partial_fit_learns_what_fit_learns():
    given = {"optimizer": "sgd", "lr": 0.2, "schedule": "constant", "random_state": 1}
    for n_classes in (2, 3):
        x, y = digits(n_classes)
        whole = FCNNClassifier(**given, epochs=100).fit(x, y)
        part = FCNNClassifier(**given)
        for _ in range(100):
            part.partial_fit(x, y, classes=np.unique(y))
        np.testing.assert_array_equal(part.predict(x), whole.predict(x))
        assert part.score(x, y) > 0.95


def partial_fit_learns_values_as_fit_does():
    for momentum in (0, 0.9):
        given = {"activation": "relu", "optimizer": "sgd", "lr": 0.01, "momentum": momentum}
        given |= {"schedule": "constant", "batch_size": 200, "random_state": 1}
        whole = FCNNRegressor(**given, epochs=100).fit(X_REG, Y_REG)
        part = FCNNRegressor(**given)
        for _ in range(100):
            part.partial_fit(X_REG, Y_REG)
        np.testing.assert_allclose(part.predict(X_REG), whole.predict(X_REG))
        assert part.score(X_REG, Y_REG) > 0.65


def a_class_may_come_later():
    fitted = FCNNClassifier(random_state=0)
    fitted.partial_fit([[1], [2], [3]], ["a", "b", "c"], classes=["a", "b", "c", "d"])
    fitted.partial_fit([[4]], ["d"])
    assert fitted.score([[1], [2], [3], [4]], ["a", "b", "c", "d"]) > 0


def what_no_float_can_square_is_refused():
    x = np.finfo(np.float64).max * np.random.default_rng(0).uniform(size=(10, 2))
    with pytest.raises(ValueError, match="divide it by a power of ten"):
        FCNNRegressor().fit(x, np.arange(10.0))


def probabilities_and_their_logarithms_agree():
    for n_classes, n in ((2, 50), (3, 10)):
        x, y = digits(n_classes, n)
        fitted = FCNNClassifier([5], "sigmoid", random_state=1).fit(x, y)
        chances, logs = fitted.predict_proba(x), fitted.predict_log_proba(x)
        assert chances.shape == (len(y), n_classes)
        np.testing.assert_array_equal(chances.argmax(1), logs.argmax(1))
        np.testing.assert_allclose(logs, np.log(chances))
        if n_classes == 2:
            assert roc_auc_score(y, chances[:, 1]) == 1


def the_order_of_samples_matters_and_is_that_of_the_seed():
    x, y = make_regression(50, 5, random_state=0)
    first, second, given = (
        FCNNRegressor([1], epochs=1, batch_size=1, random_state=0, shuffle=shuffle).fit(x, y)
        for shuffle in (True, True, False)
    )
    assert np.array_equal(first.coefs_[0], second.coefs_[0])
    assert not np.array_equal(first.coefs_[0], given.coefs_[0])


def sparse_inputs_are_refused():
    x, y = digits(2, 50)
    with pytest.raises(TypeError, match=r"Sparse .*use '\.toarray\(\)'|\.toarray\(\)"):
        FCNNClassifier().fit(csr_array(x), y)


def lines_are_printed_on_request(capsys):
    fitted = FCNNClassifier([2], epochs=2, verbose=True).fit([[3, 2], [1, 6]], [1, 0])
    fitted.partial_fit([[3, 2], [1, 6]], [1, 0])
    assert len(re.findall(r"epoch \d/\d: loss", capsys.readouterr().out)) == 3


def it_stops_early():
    x, y = digits(2, 100)
    for kind in BOTH:
        fitted = kind(epochs=3000, optimizer="sgd", lr=0.02, early_stopping=True).fit(x, y)
        assert fitted.n_iter_ < 3000
        losses = fitted.history_.validation_loss
        assert losses.min() == losses[fitted.history_.best_epoch - 1] == fitted.loss_
        without = kind(epochs=3, early_stopping=False).fit(x, y)
        assert len(without.history_.validation_loss) == 0


def patience_is_kept():
    x, y = digits(2, 100)
    for patience in (2, 5, 10):
        fitted = FCNNClassifier(
            epochs=3000, lr=0.3, optimizer="sgd", patience=patience, random_state=0
        ).fit(x, y)
        assert fitted.n_iter_ < 3000
        assert fitted.n_iter_ - fitted.history_.best_epoch <= patience


def a_split_is_stratified():
    x, y = IRIS
    with pytest.raises(ValueError, match="validation must leave samples on both sides"):
        FCNNClassifier(early_stopping=True).fit([[1, 2], [2, 3], [3, 4], [4, 5]], [0, 0, 0, 1])
    names = np.array(["class_a", "class_b", "class_c"], dtype=object)[y]
    fitted = FCNNClassifier(early_stopping=True, epochs=50, random_state=42).fit(x, names)
    assert len(fitted.history_.validation_score) == fitted.n_iter_
    assert np.isfinite(fitted.history_.validation_score).all()


def parameters_and_values_have_the_precision_of_the_inputs():
    x, y = digits(2)
    for dtype in (np.float32, np.float64):
        for kind in BOTH:
            fitted = kind((5, 3), epochs=5).fit(x.astype(dtype), y)
            assert all(one.dtype == dtype for one in (*fitted.coefs_, *fitted.intercepts_))
        assert fitted.predict(x.astype(dtype)).dtype == dtype


def what_was_pickled_learns_on():
    fitted = FCNNRegressor([42], random_state=42, epochs=200).fit([[2]], [4])
    back = pickle.loads(pickle.dumps(fitted))
    for _ in range(200):
        back.partial_fit([[2]], [1])
    np.testing.assert_allclose(back.predict([[2]]), [1], rtol=1e-3)


def names_of_features_are_kept():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(10, 2)), columns=["a", "b"])
    for kind in BOTH:
        y = pd.Series([0, 1] * 5, name="y")
        fitted = kind(early_stopping=True, validation=0.2, epochs=5).fit(frame, y)
        assert list(fitted.feature_names_in_) == ["a", "b"]


def classes_stay_the_same_in_a_warm_start():
    x, y = IRIS
    fitted = FCNNClassifier([2], warm_start=True, epochs=2, random_state=42).fit(x, y).fit(x, y)
    for other in (np.arange(150) // 75, np.array([0, 1, 3])[y], np.arange(150) // 38):
        told = "warm_start can only be used where `y` has the same classes as in the previous"
        with pytest.raises(ValueError, match=told):
            fitted.fit(x, other)


def a_warm_start_takes_all_its_epochs():
    for kind in BOTH:
        fitted = kind([2], optimizer="sgd", lr=0.01, warm_start=True, epochs=3)
        assert [fitted.fit(*IRIS).n_iter_ for _ in range(2)] == [3, 3]
        assert fitted.set_params(epochs=5).fit(*IRIS).n_iter_ == 5
        early = kind(epochs=10, random_state=0, warm_start=True, early_stopping=True).fit(*IRIS)
        assert early.set_params(epochs=20).fit(*IRIS).n_iter_ > 10


def partial_fit_does_not_stop_early():
    for kind in BOTH:
        fitted = kind(early_stopping=True, random_state=0, epochs=5).fit(*IRIS)
        with pytest.raises(ValueError, match="cannot stop early, got early_stopping=True"):
            fitted.partial_fit(*IRIS)


def what_diverges_raises_no_error_in_fit():
    given = {"activation": "linear", "optimizer": "sgd", "lr": 1e6, "epochs": 20}
    with pytest.warns(sklearn.exceptions.ConvergenceWarning, match="diverged"):
        fitted = FCNNRegressor([100], **given, early_stopping=True).fit(*IRIS)
    assert not np.isfinite(fitted.history_.validation_loss[-1])


def equal_weights_are_none_also_with_an_early_stop():
    x, y = make_regression(100, 2, n_informative=2, random_state=42)
    given = {"dims": 10, "lr": 0.01, "batch_size": 10, "early_stopping": True, "random_state": 42}
    ours = FCNNRegressor(**given).fit(x, y, sample_weight=np.ones_like(y))
    np.testing.assert_allclose(ours.predict(x), FCNNRegressor(**given).fit(x, y).predict(x))


def too_few_to_hold_out_are_refused():
    x, y = make_regression(2, 5, random_state=0)
    with pytest.raises(ValueError, match="validation must leave samples on both sides"):
        FCNNRegressor(early_stopping=True, random_state=0).fit(x, y)


def several_targets_are_learnt():
    x, y = make_regression(200, 20, n_targets=3, random_state=11)
    fitted = FCNNRegressor(random_state=1).fit(x, y)
    assert fitted.predict(x).shape == (200, 3)
    assert fitted.score(x, y) > 0.9


def several_labels_are_learnt_and_are_the_likelier_ones():
    x, y = make_multilabel_classification(50, random_state=0)
    fitted = FCNNClassifier([50], lr=0.02, epochs=300).fit(x, y)
    assert fitted.score(x, y) > 0.97
    np.testing.assert_array_equal(fitted.predict_proba(x) > 0.5, y)
    np.testing.assert_array_equal(fitted.predict(x), y)


LBFGS = "there is no 'lbfgs' here: every optimizer takes batches"
RATE = "of a rate of sklearn's own ('invscaling', 'adaptive'); ours are held in test_schedules.py"
DRAWN = "initial weights are drawn in the precision of the training, and so are others in each"
CLAIMS = {
    "test_alpha": more_decay_leaves_smaller_weights,
    "test_fit": a_step_is_that_of_an_example_worked_out_by_hand,
    "test_gradient": "held against autograd, on every kind of network, in engine/test_epoch.py",
    "test_lbfgs_classification": LBFGS,
    "test_lbfgs_regression": LBFGS,
    "test_lbfgs_classification_maxfun": LBFGS,
    "test_lbfgs_regression_maxfun": LBFGS,
    "test_learning_rate_warmstart": RATE,
    "test_multilabel_classification": several_labels_are_learnt_and_are_the_likelier_ones,
    "test_multioutput_regression": several_targets_are_learnt,
    "test_partial_fit_classes_error": partial_fit_refuses_other_classes,
    "test_partial_fit_classification": partial_fit_learns_what_fit_learns,
    "test_partial_fit_unseen_classes": a_class_may_come_later,
    "test_partial_fit_regression": partial_fit_learns_values_as_fit_does,
    "test_partial_fit_errors": partial_fit_refuses_other_classes,
    "test_nonfinite_params": what_no_float_can_square_is_refused,
    "test_predict_proba_binary": probabilities_and_their_logarithms_agree,
    "test_predict_proba_multiclass": probabilities_and_their_logarithms_agree,
    "test_predict_proba_multilabel": several_labels_are_learnt_and_are_the_likelier_ones,
    "test_shuffle": the_order_of_samples_matters_and_is_that_of_the_seed,
    "test_sparse_matrices": sparse_inputs_are_refused,
    "test_tolerance": "there is no `tol`: a gain is 0.01 % of a constant answer's loss",
    "test_verbose_sgd": lines_are_printed_on_request,
    "test_early_stopping": it_stops_early,
    "test_adaptive_learning_rate": RATE,
    "test_warm_start": classes_stay_the_same_in_a_warm_start,
    "test_warm_start_full_iteration": a_warm_start_takes_all_its_epochs,
    "test_n_iter_no_change": patience_is_kept,
    "test_n_iter_no_change_inf": "patience=0 never stops, and is the default",
    "test_early_stopping_stratified": a_split_is_stratified,
    "test_mlp_early_stopping_string_labels": a_split_is_stratified,
    "test_mlp_classifier_dtypes_casting": DRAWN,
    "test_mlp_regressor_dtypes_casting": DRAWN,
    "test_mlp_param_dtypes": parameters_and_values_have_the_precision_of_the_inputs,
    "test_mlp_loading_from_joblib_partial_fit": what_was_pickled_learns_on,
    "test_preserve_feature_names": names_of_features_are_kept,
    "test_mlp_warm_start_with_early_stopping": a_warm_start_takes_all_its_epochs,
    "test_mlp_warm_start_no_convergence": a_warm_start_takes_all_its_epochs,
    "test_mlp_partial_fit_after_fit": partial_fit_does_not_stop_early,
    "test_mlp_diverging_loss": what_diverges_raises_no_error_in_fit,
    "test_mlp_sample_weight_with_early_stopping": equal_weights_are_none_also_with_an_early_stop,
    "test_mlp_vs_poisson_glm_equivalent": "there is no Poisson loss here",
    "test_minimum_input_sample_size": too_few_to_hold_out_are_refused,
}
HELD = {claim.__name__: claim for claim in CLAIMS.values() if callable(claim)}


@pytest.mark.parametrize("name", HELD)
def test_a_claim_holds(name, request):
    claim = HELD[name]
    if name == "lines_are_printed_on_request":
        claim(request.getfixturevalue("capsys"))
    else:
        claim()


def test_every_test_of_theirs_has_a_line():
    theirs = Path(sklearn.neural_network.__file__).parent / "tests" / "test_mlp.py"
    if not theirs.exists():
        pytest.skip("scikit-learn is installed without its tests")
    tree = ast.parse(theirs.read_text("utf-8"))
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert {name for name in functions if name.startswith("test_")} <= set(CLAIMS)
    assert all(claim for claim in CLAIMS.values())
