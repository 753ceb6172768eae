"""What may stand after ``trainfcnn`` in a shell: commands, their options, and what each is for.

Options are the arguments of `TrainFCNN` and the settings of a recipe, which describe themselves; no
command is run here, and nothing large is imported: `--help` is instant.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from importlib.metadata import version
from typing import Any, NoReturn

from trainfcnn._support.names import meant_by
from trainfcnn.completion import SHELLS, WHERE_IT_GOES
from trainfcnn.playground.command import add_play
from trainfcnn.recipe import SETTINGS, SWITCHED_OFF

# what `list` shows, and the tables it is in
TABLES = {
    "datasets": ("DATASETS", "IMAGES"),
    "images": ("IMAGES",),
    "activations": ("ACTIVATIONS",),
    "inits": ("INITS",),
    "optimizers": ("OPTIMIZERS",),
    "schedules": ("SCHEDULES",),
}
NOT_SWEPT = ("weight_seed", "restarts")  # that is what seeds are for


class OneLineParser(argparse.ArgumentParser):
    """A parser that answers a mistake in one line, as this program does elsewhere."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, without a page of usage, and leave with status 2."""
        self.exit(2, f"trainfcnn: error: {message}: see {self.prog} --help\n")


def _layers(text: str) -> tuple[int, ...]:
    try:
        return tuple(SETTINGS["dims"].bound.parse(text))  # type: ignore[arg-type]
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"layers must be whole numbers, as in 8 or 16-16, or none, got {text!r}"
        ) from None


def _number_or_text(text: str) -> str | int:
    return int(text) if text.isdecimal() else text


def _none_or(parse: Callable[[str], object]) -> Callable[[str], object]:
    """Return a parser that takes 'none' for None, which takes a setting off."""

    @wraps(parse)  # so that a mistake is told by the same name
    def parsed(text: str) -> object:
        return None if text.lower() == "none" else parse(text)

    return parsed


Option = tuple[Callable[[str], object], str, str]  # type, metavar, help

# each is an argument of TrainFCNN; those of its `train` are the settings of a recipe
DATA_OPTIONS: dict[str, Option] = {
    "n_samples": (int, "N", "points to draw (default: 2500), or images to take (default: all)"),
    "noise": (float, "STD", "standard deviation added to inputs, or to a regression's target"),
    "seed": (int, "SEED", "of everything random (default: 0)"),
    "device": (str, "DEVICE", "auto, cpu, cuda or cuda:1 (default: auto)"),
    "engine": (str, "ENGINE", "auto, fused or torch (default: auto)"),
    "kind": (str, "KIND", "regression, binary or multiclass, where a CSV file could be either"),
    "data_home": (str, "FOLDER", "with the files, or a folder mnist/ of them; looked into first"),
    "normalize": (_none_or(str), "NAME", "of images: unit, standard or none (default: unit)"),
    "test_size": (float, "SHARE", "of a CSV file, held out for the test (default: 0.2)"),
    "target": (str, "COLUMN", "of a CSV file: name, or place from 0 (default: last); repeatable"),
    "drop": (str, "COLUMN", "of a CSV file: columns to leave out"),
    "missing": (str, "WHAT", "of a CSV file: refuse or drop rows with missing cells"),
}
SEVERAL = {"drop": "+"}  # options that take more than one value,
REPEATED = ("target",)  # and those that may come again, each with one of its own

SWEEP_OPTIONS: dict[str, Option] = {
    "seeds": (int, "N", "networks with other initial weights, of each combination (default: 1)"),
    "folds": (int, "N", "cross-validate on so many parts of the training sample"),
    "memory": (float, "BYTES", "that a stack may take (default: 1e9)"),
}

KEEP_OPTIONS: dict[str, Option] = {
    "start": (str, "FILE", "a saved network whose weights to begin with"),
    "checkpoint": (str, "FILE", "written on the way; trainfcnn resume FILE goes on with it"),
    "checkpoint_every": (_number_or_text, "N", "epochs, or seconds as in 30s (default: 1)"),
}

OUTPUT_OPTIONS: dict[str, Option] = {
    "plot": (str, "FILE", "save a picture of data, curves and answers"),
    "save": (str, "FILE", "save the network, and how it was trained"),
    "export": (str, "FILE", "the network as a .py for PyTorch alone, or an .onnx file"),
    "export_numpy": (str, "FILE", "the network as a .py for NumPy alone"),
}

RECOMMENDED_HELP = "keep all that is recommended for the data and not given, whatever else is"


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the arguments, or say which option was meant by one that is not there."""
    given, unknown = make_parser().parse_known_args(arguments)
    if unknown:
        _refuse(unknown, given.parser)
    return given


def _refuse(unknown: Sequence[str], parser: OneLineParser) -> NoReturn:
    flags = [option for action in parser._actions for option in action.option_strings]
    names = {flag.removeprefix("--").replace("-", "_"): flag for flag in flags}
    wrong = next((one for one in unknown if one.startswith("-")), unknown[0])
    # Only of what looks like an option: another data set, say, is no misspelt one.
    name = wrong.partition("=")[0].lstrip("-").replace("-", "_") if wrong.startswith("-") else ""
    if name in NOT_SWEPT:  # by `sweep`, and to `train` it is known
        parser.exit(2, f"trainfcnn: error: {wrong!r} is for train: did you mean --seeds?\n")
    meant = " and ".join(names[one] for one in meant_by(name, names))
    if meant:
        parser.exit(2, f"trainfcnn: error: unknown option {wrong!r}: did you mean {meant}?\n")
    parser.error(f"unknown argument {wrong!r}")


def make_parser() -> argparse.ArgumentParser:
    """Return what reads the words of every command; `command` is then its name."""
    parser = OneLineParser(
        prog="trainfcnn", description="Train and look at small fully connected networks."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('trainfcnn')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_list(commands)
    _add_train(commands)
    _add_sweep(commands)
    _add_predict(commands)
    add_play(commands)
    _add_resume(commands)
    _add_doctor(commands)
    _add_completion(commands)
    return parser


def _add_list(commands: Any) -> None:
    parser = commands.add_parser("list", help="show what one can choose from")
    parser.add_argument("what", nargs="?", default="datasets", choices=tuple(TABLES))
    parser.set_defaults(command="list", parser=parser)


def _add_doctor(commands: Any) -> None:
    parser = commands.add_parser("doctor", help="say what is installed, and test whether it works")
    parser.set_defaults(command="doctor", parser=parser)


def _add_completion(commands: Any) -> None:
    parser = commands.add_parser(
        "completion", help="print what makes a shell complete these", epilog=WHERE_IT_GOES
    )
    parser.add_argument("shell", choices=SHELLS)
    parser.set_defaults(command="completion", parser=parser)


def _add_train(commands: Any) -> None:
    parser = commands.add_parser(
        "train",
        help="train a network and say how well it does",
        epilog="What is not given is as recommended for the data set (`trainfcnn list`). But name "
        "one of the optimizer's settings, and the others of it and the epochs are plain; name "
        "--dims, and no dropout comes along.",
        argument_default=argparse.SUPPRESS,  # and is not handed on: see `_chosen`
    )
    training = _add_data(parser)
    dims = SETTINGS["dims"]
    help_ = f"{dims.help}: 16 8, 16-8 and 16,8 are two, none is none"
    training.add_argument("--dims", type=_layers, nargs="*", metavar=dims.metavar, help=help_)
    _add_settings(training, without=("dims",))
    training.add_argument("--recommended", action="store_true", help=RECOMMENDED_HELP)
    _add_options(training, KEEP_OPTIONS)
    output = _add_output(parser)
    film = "save a film of the training: .gif, .webp, .apng, .mp4"
    output.add_argument("--film", metavar="FILE", default=None, help=film)
    parser.set_defaults(command="train", parser=parser)


def _add_output(parser: argparse.ArgumentParser) -> Any:
    """Add what can be asked for once a network is trained, and return the group for more."""
    output = parser.add_argument_group("output")
    _add_options(output, OUTPUT_OPTIONS)
    parser.set_defaults(**dict.fromkeys(OUTPUT_OPTIONS))
    output.add_argument(
        "--features",
        metavar=("I", "J"),
        nargs=2,
        type=_number_or_text,
        default=None,
        help="the two to draw, from 0 or by name, where the data have more",
    )
    output.add_argument(
        "--verbose",
        action="store_true",
        default=argparse.SUPPRESS,
        help="print a line an epoch, and of many epochs some",
    )
    output.add_argument(
        "--json", action="store_true", default=False, help="print the results as JSON"
    )
    return output


def _add_predict(commands: Any) -> None:
    parser = commands.add_parser("predict", help="print what a saved network says of some rows")
    parser.add_argument("network", metavar="FILE", help="what train --save wrote")
    parser.add_argument(
        "rows", metavar="CSV", help="the inputs: with the names of the columns, or in their order"
    )
    parser.set_defaults(command="predict", parser=parser)


def _add_resume(commands: Any) -> None:
    parser = commands.add_parser("resume", help="go on with a training that was killed")
    parser.add_argument("file", metavar="FILE", help="what train --checkpoint wrote")
    _add_output(parser)
    parser.set_defaults(command="resume", parser=parser)


def _add_sweep(commands: Any) -> None:
    parser = commands.add_parser(
        "sweep",
        help="train many networks at once and compare them",
        epilog="Where several values are given, every combination is trained, on every seed.",
        argument_default=argparse.SUPPRESS,
    )
    training = _add_data(parser)
    dims = (
        "hidden layers to try, each for networks of its own: 4 8 are two networks of one layer, "
        "4-8 (or 4,8) is one network of two, none has none"
    )
    training.add_argument("--dims", type=_layers, nargs="+", metavar="N", help=dims)
    _add_settings(training, without=("dims", *NOT_SWEPT), nargs="+")
    training.add_argument("--recommended", action="store_true", help=RECOMMENDED_HELP)
    many = parser.add_argument_group("sweep")
    _add_options(many, SWEEP_OPTIONS)
    many.add_argument("--resample", action="store_true", help="let each seed draw data anew too")
    kept = "keep what is finished there; the same command goes on with it after a crash"
    many.add_argument("--checkpoint", metavar="FOLDER", help=kept)
    output = parser.add_argument_group("output")
    output.add_argument("--csv", metavar="FILE", default=None, help="save a row per network")
    output.add_argument("--save", metavar="FILE", default=None, help="save all networks")
    output.add_argument(
        "--plot", metavar="FILE", default=None, help="save a picture of all of them"
    )
    parser.set_defaults(command="sweep", parser=parser)


def _add_data(parser: argparse.ArgumentParser) -> Any:
    """Add the options of the data, and return the group for those of the training."""
    parser.add_argument(
        "dataset", help="a name that `trainfcnn list` shows, a CSV file, or - for one piped in"
    )
    _add_options(parser.add_argument_group("data"), DATA_OPTIONS)
    return parser.add_argument_group("training")


def _add_options(group: Any, options: Mapping[str, Option], nargs: str | None = None) -> None:
    for name, (type_, metavar, help_) in options.items():
        several = SEVERAL.get(name, nargs)
        action = "append" if name in REPEATED else "store"
        group.add_argument(
            _flag(name), type=type_, nargs=several, action=action, metavar=metavar, help=help_
        )


def _add_settings(group: Any, without: Sequence[str], nargs: str | None = None) -> None:
    """Add the settings of a recipe, each as its own metadata says."""
    for name, setting in SETTINGS.items():
        help_ = setting.help.replace("%", "%%")  # argparse would take it for a format
        if name in without:
            continue
        parse = setting.bound.parse
        if name in SWITCHED_OFF:
            parse = _none_or(parse)
        if setting.bound.parse is bool:
            group.add_argument(_flag(name), action=argparse.BooleanOptionalAction, help=help_)
        else:
            group.add_argument(
                _flag(name),
                type=parse,
                nargs=nargs,
                metavar=setting.metavar,
                help=help_,
            )


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
