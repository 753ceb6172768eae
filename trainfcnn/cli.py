"""The same from a shell: ``trainfcnn train``, ``sweep``, ``predict``, ``play`` and others.

It asks the package's face for what it needs, as any other program does, and that imports torch or
matplotlib once the arguments are known: `--help` is instant.
"""

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import partial, wraps
from importlib.metadata import version
from itertools import chain
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn, TextIO

import trainfcnn
from trainfcnn import plotting
from trainfcnn._support.files import check_writable
from trainfcnn._support.names import meant_by
from trainfcnn.completion import SHELLS, WHERE_IT_GOES, completion_script
from trainfcnn.playground.command import add_play
from trainfcnn.recipe import SETTINGS, SWITCHED_OFF, Recipe
from trainfcnn.wording import format_recipe

# what `list` shows, and the tables it is in
TABLES = {
    "datasets": ("DATASETS", "IMAGES"),
    "images": ("IMAGES",),
    "activations": ("ACTIVATIONS",),
    "inits": ("INITS",),
    "optimizers": ("OPTIMIZERS",),
    "schedules": ("SCHEDULES",),
}
INTERRUPTED = 130  # as a shell says of a program that Ctrl-C ended
STATUS = {"diverged": 1, "interrupted": INTERRUPTED}


class OneLineParser(argparse.ArgumentParser):
    """A parser that answers a mistake in one line, as this program does elsewhere."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, without a page of usage, and leave with status 2."""
        self.exit(2, f"trainfcnn: error: {message}: see {self.prog} --help\n")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the arguments, or say which option was meant by one that is not there."""
    given, unknown = _parser().parse_known_args(arguments)
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


@contextmanager
def _warnings_in_lines() -> Iterator[None]:
    """Tell warnings after the results, each once, and as this program says things."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for told in dict.fromkeys(str(warning.message) for warning in caught):
        print(f"trainfcnn: warning: {told}", file=sys.stderr)


@contextmanager
def _piped(given: argparse.Namespace) -> Iterator[None]:
    """Put what is piped in, if the data set is '-', where a CSV file is read from."""
    if vars(given).get("dataset") != "-":
        yield
        return
    with TemporaryDirectory() as folder:
        given.dataset = str(Path(folder, "stdin.csv"))
        Path(given.dataset).write_bytes(sys.stdin.buffer.read())
        try:
            yield
        except ValueError as error:  # which names the file
            raise ValueError(str(error).replace(given.dataset, "stdin")) from error


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
    "target": (str, "COLUMN", "of a CSV file: name, or place from 0 (default: the last column)"),
    "drop": (str, "COLUMN", "of a CSV file: columns to leave out"),
    "missing": (str, "WHAT", "of a CSV file: refuse or drop rows with missing cells"),
}
SEVERAL = {"drop": "+"}  # options that take more than one value

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
NOT_SWEPT = ("weight_seed", "restarts")  # that is what seeds are for


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status.

    0 if all went well, 1 if training diverged or nobody reads the output, 2 for bad input, 130
    after Ctrl-C.
    """
    given = _parse(arguments)
    try:
        with _piped(given), _warnings_in_lines():
            return int(given.command(given))
    except BrokenPipeError:  # as `| head` causes: nobody is listening any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, OSError) as error:
        print(f"trainfcnn: error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
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
    parser.set_defaults(command=show_table, parser=parser)


def _add_doctor(commands: Any) -> None:
    parser = commands.add_parser("doctor", help="say what is installed, and test whether it works")
    parser.set_defaults(command=doctor, parser=parser)


def _add_completion(commands: Any) -> None:
    parser = commands.add_parser(
        "completion", help="print what makes a shell complete these", epilog=WHERE_IT_GOES
    )
    parser.add_argument("shell", choices=SHELLS)
    parser.set_defaults(command=completion, parser=parser)


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
    parser.set_defaults(command=train, parser=parser)


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
    parser.set_defaults(command=predict, parser=parser)


def _add_resume(commands: Any) -> None:
    parser = commands.add_parser("resume", help="go on with a training that was killed")
    parser.add_argument("file", metavar="FILE", help="what train --checkpoint wrote")
    _add_output(parser)
    parser.set_defaults(command=resume, parser=parser)


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
    parser.set_defaults(command=sweep, parser=parser)


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
        group.add_argument(_flag(name), type=type_, nargs=several, metavar=metavar, help=help_)


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


def show_table(given: argparse.Namespace) -> int:
    """Print the names of a table, for data sets with the kind of task, the truth, the recipe."""
    for table in TABLES[given.what]:
        for name, entry in getattr(trainfcnn, table).items():
            columns = ""
            if given.what == "datasets":
                recipe = format_recipe(Recipe().but(**entry.recommended))
                columns = f"{entry.kind:<12}{entry.formula:<42}{recipe}"
            print(f"{name:<18}{columns}".rstrip())
    return 0


def train(given: argparse.Namespace) -> int:
    """Train on a data set and print what came out."""
    # What cannot be written or drawn is refused before a training that may take long.
    _check_output(given)
    film = None if given.film is None else Path(given.film)
    if film is not None:
        plotting.check_film(film)
    trainer = trainfcnn.TrainFCNN(given.dataset, **_chosen(given, DATA_OPTIONS))
    features = given.features
    if film is not None or features is not None:
        plotting.check_plane(trainer.dataset, features)
    elif given.plot is not None:
        plotting.check_overview(trainer.dataset)
    stream = sys.stderr if given.json else sys.stdout  # so that what is piped on is JSON alone
    settings = _chosen(given, [*SETTINGS, *KEEP_OPTIONS, "recommended", "verbose"])
    if "dims" in settings:  # of which 16 8 are two, and 16-8 is one
        settings["dims"] = tuple(chain(*settings["dims"]))
    with redirect_stdout(stream):  # of the lines that --verbose prints
        trainer.train(**settings)
    status = _tell(trainer, given)
    if film is not None and not status:
        print(f"film: {trainer.animate(film, features=features)}", file=stream)
    elif film is not None:
        print(f"trainfcnn: no film: training {trainer.run.ended}", file=sys.stderr)
    return status


def resume(given: argparse.Namespace) -> int:
    """Go on with a training and print what came out."""
    _check_output(given)
    with redirect_stdout(sys.stderr if given.json else sys.stdout):
        trainer = trainfcnn.TrainFCNN.resume(given.file, **_chosen(given, ["verbose"]))
    return _tell(trainer, given)


def predict(given: argparse.Namespace) -> int:
    """Print a saved network's answer for each row of a file."""
    from trainfcnn.data.delimited import read_rows

    trainer = trainfcnn.TrainFCNN.load(given.network)
    for answer in trainer.predict(read_rows(given.rows)).tolist():
        print(answer)
    return 0


def _check_output(given: argparse.Namespace) -> None:
    if given.plot is not None:
        plotting.check_picture(Path(given.plot))
    if given.save is not None:
        check_writable(Path(given.save))
    _check_exports(given)


def _tell(trainer: "trainfcnn.TrainFCNN", given: argparse.Namespace) -> int:
    """Print what came out, draw and save what is asked for, and return the exit status."""
    stream = sys.stderr if given.json else sys.stdout
    print(dumps(trainer.results(), indent=2) if given.json else _as_text(trainer))
    if given.plot is not None:
        picture = Path(given.plot)
        plotting.save_picture(trainer.plot(features=given.features), picture)
        print(f"picture: {picture}", file=stream)
    if given.save is not None:
        print(f"network: {trainer.save(given.save)}", file=stream)
    if trainer.run.ended != "diverged":
        _export(trainer, given, stream)
    return STATUS.get(trainer.run.ended, 0)


def _check_exports(given: argparse.Namespace) -> None:
    """Refuse files that could not be written, before a training that may take long."""
    if given.export is None and given.export_numpy is None:
        return
    from trainfcnn.export.files import check_export  # which imports torch

    if given.export is not None:
        check_export(given.export, ".py", ".onnx")
    if given.export_numpy is not None:
        check_export(given.export_numpy, ".py")


def _export(trainer: "trainfcnn.TrainFCNN", given: argparse.Namespace, stream: TextIO) -> None:
    """Write the network to the files that were asked for."""
    if given.export is not None:
        is_onnx = Path(given.export).suffix.lower() == ".onnx"
        write = trainer.to_onnx if is_onnx else trainer.to_torch_source
        print(f"network: {write(given.export)}", file=stream)
    if given.export_numpy is not None:
        print(f"network: {trainer.to_numpy_source(given.export_numpy)}", file=stream)


def sweep(given: argparse.Namespace) -> int:
    """Train many networks and print a table of them."""
    picture, rows = (Path(name) if name is not None else None for name in (given.plot, given.csv))
    if picture is not None:
        plotting.check_picture(picture)
    for file in (rows, given.save):
        if file is not None:
            check_writable(Path(file))
    more = ("resample", "recommended", "checkpoint")
    asked = _chosen(given, [*DATA_OPTIONS, *SETTINGS, *SWEEP_OPTIONS, *more])
    for name, value in asked.items():
        if isinstance(value, list) and len(value) == 1:
            (one,) = value
            # A single value is not varied: no column of the table, no axis of the picture.
            # But a flat list of two or more could mean two things: 16-8 stays [(16, 8)].
            if name == "betas" or not isinstance(one, tuple) or len(one) == 1:
                asked[name] = one
    found = trainfcnn.sweep(given.dataset, **asked)
    print(found.table(), found, sep="\n")
    if rows is not None:
        found.to_csv(rows)
        print(f"rows: {rows}")
    if given.save is not None:
        print(f"networks: {found.save(given.save)}")
    if picture is not None:
        ax = found.plot_parallel() if found.varied else found.plot_losses()
        plotting.save_picture(ax, picture)
        print(f"picture: {picture}")
    return 0 if len(found) == found.n_planned else INTERRUPTED


def doctor(given: argparse.Namespace) -> int:
    """Print what is installed, one line each, and test it; return 1 if something is not well."""
    from trainfcnn.doctor import report

    return int(not report(partial(print, flush=True)))


def completion(given: argparse.Namespace) -> int:
    """Print a script that makes a shell complete commands, options and names."""
    print(completion_script(_parser(), given.shell))
    return 0


def _chosen(given: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """Return those arguments that were given."""
    return {name: vars(given)[name] for name in names if name in vars(given)}


def _as_text(trainer: "trainfcnn.TrainFCNN") -> str:
    history = trainer.history
    lines = [repr(trainer)]
    if trainer.dataset.law is not None:
        lines.append(f"exact {history.score_name} against the truth: {trainer.exact_score():.4f}")
    named = "accuracy" if trainer.dataset.classes else history.loss_name
    lines.append(f"the best constant answer: {named} {trainer.baseline:.4f}")
    return "\n".join(lines)
