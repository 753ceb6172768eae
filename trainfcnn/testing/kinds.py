"""Whatever a test hands over as a model: which of these it is, and how it is trained."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from inspect import Signature, isclass, signature
from typing import Any

from torch import nn

from trainfcnn._support.checks import short
from trainfcnn._support.types import Array, Values
from trainfcnn.testing.answers import Question
from trainfcnn.testing.modules import Loop, TrainedModule

# Any: of torch, of scikit-learn, or a function; what it is, is seen by what it can
Model = Any

Answers = Callable[[Array], Values]  # from points (n, d) to class indices or values (n,)


@dataclass(frozen=True)
class Fitted:
    """A model after its training.

    Attributes
    ----------
    answers : callable
        From points (n, d) to class indices or values (n,).
    signs, faults : list of str
        See `TrainedModule`.
    """

    answers: Answers
    signs: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def trains_itself(model: Model) -> bool:
    """Return whether it is an estimator or ``fit(X, y)``, and no module, nor what makes one."""
    is_module = isinstance(model, nn.Module)
    return not is_module and not isclass(model) and not _makes_models(model)


def check_model(model: Model) -> None:
    """Refuse what is no model.

    Raises
    ------
    TypeError
        If it is neither a torch module, an estimator, ``fit(X, y)``, nor a function without
        arguments that may return one of them.
    """
    if isinstance(model, nn.Module) or _is_estimator(model):
        return
    if not callable(model) or not (_takes(model, 0) or _takes(model, 2)):
        raise TypeError(
            "the model must be a torch module, an estimator with fit and predict, a function "
            f"fit(X, y) that returns predict, or one without arguments that makes them, got "
            f"{short(model)}: try lambda: torch.nn.Sequential(...)"
        )


def fitted(
    model: Model, question: Question, x: Array, y: Values, loop: Loop, enough: float
) -> Fitted:
    """Return a model trained on points (n, d) and targets (n,), or a copy of it.

    Parameters
    ----------
    model : module, estimator or callable
        See `check_model`.
    question : Question
        What is asked.
    x, y : array
        The sample; it is copied.
    loop : Loop
        Of a torch module.
    enough : float
        Score on the sample at which a torch module is trained no further.
    """
    if isclass(model) or _makes_models(model):
        model = model()
        check_model(model)
        return fitted(model, question, x, y, loop, enough)
    if isinstance(model, nn.Module):
        trained = TrainedModule(deepcopy(model), question, loop)
        trained.train(x, y, enough)
        return Fitted(trained, trained.signs, trained.faults)
    if _is_estimator(model):
        estimator = deepcopy(model)
        estimator.fit(x.copy(), y.copy())
        return _as_fitted(estimator, question, loop)
    return _as_fitted(model(x.copy(), y.copy()), question, loop)


def _as_fitted(found: Model, question: Question, loop: Loop) -> Fitted:
    """Return what predicts: a torch module, an object with `predict`, or a function."""
    if isinstance(found, nn.Module):
        return Fitted(TrainedModule(found, question, loop))
    predict = getattr(found, "predict", found)
    if not callable(predict):
        raise TypeError(
            "fit(X, y) must return what predicts, a function of X or an object with predict, got "
            f"{short(found)}: try return predict"
        )
    return Fitted(lambda x: question.read(predict(x.copy()), len(x)))


def _is_estimator(model: Model) -> bool:
    return not isclass(model) and hasattr(model, "fit") and hasattr(model, "predict")


def _makes_models(model: Model) -> bool:
    is_function = not isinstance(model, nn.Module) and not _is_estimator(model)
    return is_function and _takes(model, 0)


def _takes(function: Callable[..., Any], n: int) -> bool:
    """Return whether a function can be called with so many arguments."""
    try:
        known: Signature = signature(function)
    except (TypeError, ValueError):  # as of some that are written in C
        return n == 2
    try:
        known.bind(*[None] * n)
    except TypeError:
        return False
    return True
