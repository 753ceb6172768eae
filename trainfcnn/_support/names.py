"""Names that people know from elsewhere, and what is meant by them here."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import wraps
from inspect import Parameter, signature
from typing import ParamSpec, TypeVar

# from scikit-learn, Keras, PyTorch's tutorials and the tutorial this package grew out of
FROM_ELSEWHERE = {
    "dims": ("hidden_layer_sizes", "hidden_layers", "hidden", "layers", "layer_sizes", "units",
             "n_hidden", "dim"),
    "lr": ("learning_rate", "learning_rate_init", "eta", "eta0", "step_size"),
    "schedule": ("lr_schedule", "scheduler", "learning_rate_schedule"),
    "epochs": ("n_epochs", "nb_epochs", "nb_epoch", "num_epochs", "max_iter", "max_epochs",
               "n_iter", "iterations"),
    "batch_size": ("batchsize", "batch", "mini_batch_size"),
    "optimizer": ("opt", "optim", "optimiser", "solver"),
    "weight_decay": ("l2", "decay", "regularization", "alpha"),
    "init": ("initializer", "kernel_initializer", "weight_init", "initialization"),
    "activation": ("act", "activation_function", "nonlinearity"),
    "last_activation": ("output_activation", "out_activation"),
    "validation": ("validation_split", "validation_fraction", "early_stopping"),
    "patience": ("n_iter_no_change", "early_stopping"),
    "min_delta": ("tol", "min_improvement"),
    "until": ("goal", "target_loss", "target_accuracy", "target_score", "stop_at", "stop_when",
              "threshold"),
    "max_seconds": ("time_limit", "timeout", "max_time", "time_budget", "seconds"),
    "restarts": ("n_init", "n_restarts"),
    "standardize": ("standardise", "scaler", "standard_scaler"),
    "n_samples": ("nb_pnt", "nb_pnts", "n_points", "num_points", "n", "size", "samples"),
    "dataset": ("data", "data_set", "name", "x", "y", "df"),
    "seed": ("random_state", "random_seed"),
    "seeds": ("n_seeds", "repeats", "n_runs"),
    "folds": ("cv", "n_splits", "k_fold"),
    "progress": ("display",),
    "history": ("losshistory", "loss_history", "loss_curve_", "loss_curve", "losses"),
    "network": ("summary", "net", "model", "nn_prms", "module", "coefs_"),
    "train": ("fit",),
    "train_more": ("partial_fit", "continue_training", "fit_more", "finetune"),
    "save": ("save_model", "to_file", "dump"),
    "plot_prediction": ("plotmodelestimate", "plot_model_estimate", "plot_model", "plot_decision",
                        "plot_decision_boundary"),
    "plot_dataset": ("plotpoints", "plot_points", "plot_data"),
    "plot_loss": ("plotlosshistory", "plot_loss_history", "plot_losses", "plot_history"),
    "results": ("to_dict",),
    "to_torch_source": ("export", "to_torch", "to_torchscript", "to_torch_script_file",
                        "to_pytorch"),
    "to_numpy_source": ("to_numpy", "to_source", "to_python"),
    "to_onnx": ("onnx", "export_onnx", "save_onnx"),
    "evaluate": ("metrics", "scores", "classification_report"),
    "TrainFCNN": ("trainer", "fcnntrainer", "trainnetwork", "fcnnclassifier", "mlp"),
}  # fmt: skip

Given = ParamSpec("Given")
Result = TypeVar("Result")


def known_as(name: str, names: Iterable[str]) -> list[str]:
    """Return which of `names` is spelt or called otherwise in `name`: none, one or more.

    Examples
    --------
    >>> known_as("learning_rate", ["lr", "epochs"]), known_as("batchSize", ["batch_size"])
    (['lr'], ['batch_size'])
    >>> known_as("early_stopping", ["patience", "validation"])
    ['patience', 'validation']
    """
    known = list(names)
    plain = name.lower().replace("-", "_")
    same = [one for one in known if one.lower().replace("_", "") == plain.replace("_", "")]
    return same or [one for one in known if plain in FROM_ELSEWHERE.get(one, ())]


def meant_by(name: str, names: Iterable[str]) -> list[str]:
    """Return `known_as`, or else the one of `names` that looks most like `name`, if one does.

    Examples
    --------
    >>> meant_by("n_epochs", ["lr", "epochs"]), meant_by("epoch", ["lr", "epochs"])
    (['epochs'], ['epochs'])
    """
    known = {one.lower(): one for one in names}
    close = get_close_matches(name.lower(), known, n=1)
    return known_as(name, known.values()) or [known[one] for one in close]


def refuse_unknown(
    what: str, given: Iterable[str], names: Iterable[str], elsewhere: Mapping[str, Iterable[str]]
) -> None:
    """Refuse arguments that there are not, and say which ones, perhaps of which call, were meant.

    Raises
    ------
    TypeError
        For the first that is none of `names`; `elsewhere` has other calls and their names.
    """
    known = list(names)
    for name in given:
        if name in known:
            continue
        told = f"{what} has no argument {name!r}"
        # A name of another call is a better guess than one that merely looks alike.
        for find in (known_as, meant_by):
            for place, theirs in {"": known, **elsewhere}.items():
                if meant := find(name, theirs):
                    listed = " and ".join(f"{one}=" for one in meant)
                    of = f" of {place}" if place else ""
                    raise TypeError(f"{told}: did you mean {listed}{of}?")
        raise TypeError(f"{told}: choose from {', '.join(known)}")


def with_known_names(
    what: str, elsewhere: Mapping[str, Iterable[str]]
) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Return a decorator that answers an unknown argument with the one that was meant.

    The signature stays as it is written, for editors and type checkers. The call gets one level
    deeper, which who warns must count.

    Parameters
    ----------
    what : str
        The function, as a message names it.
    elsewhere : mapping
        Other calls, as a message names them, and their arguments.
    """

    def decorate(function: Callable[Given, Result]) -> Callable[Given, Result]:
        parameters = signature(function).parameters.values()
        names = [one.name for one in parameters if one.kind is not Parameter.POSITIONAL_ONLY][1:]

        @wraps(function)
        def checked(*args: Given.args, **kwargs: Given.kwargs) -> Result:
            refuse_unknown(what, kwargs, names, elsewhere)
            return function(*args, **kwargs)

        return checked

    return decorate


def explain_missing(self: object, name: str) -> object:
    """Say which attribute was meant: the `__getattr__` of a class, called for what it lacks."""
    if hasattr(type(self), name):  # a property, whose own error is the one to tell
        return object.__getattribute__(self, name)
    told = f"{type(self).__name__!r} object has no attribute {name!r}"
    # Names with an underscore are asked for by programs, such as copy, pickle and IPython.
    public = [one for one in dir(type(self)) if not one.startswith("_")]
    meant = [] if name.startswith("_") else meant_by(name, public)
    raise AttributeError(f"{told}: use {meant[0]}" if meant else told)
