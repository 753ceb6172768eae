"""The same from a shell: ``trainfcnn train``, ``sweep``, ``predict``, ``play`` and others.

`arguments` says what may be asked for. What it needs it asks of the package's face, as any other
program does, and that imports torch or matplotlib once the arguments are known.
"""

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import partial
from itertools import chain
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

import trainfcnn
from trainfcnn import plotting
from trainfcnn._support.files import check_writable
from trainfcnn.arguments import (
    DATA_OPTIONS,
    KEEP_OPTIONS,
    SWEEP_OPTIONS,
    TABLES,
    make_parser,
    parse,
)
from trainfcnn.completion import completion_script
from trainfcnn.playground.command import play_from_shell
from trainfcnn.recipe import SETTINGS, Recipe
from trainfcnn.wording import format_recipe

INTERRUPTED = 130  # as a shell says of a program that Ctrl-C ended
STATUS = {"diverged": 1, "interrupted": INTERRUPTED}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status.

    0 if all went well, 1 if training diverged or nobody reads the output, 2 for bad input, 130
    after Ctrl-C.
    """
    given = parse(arguments)
    try:
        with _piped(given), _warnings_in_lines():
            return int(COMMANDS[given.command](given))
    except BrokenPipeError:  # as `| head` causes: nobody is listening any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, OSError) as error:
        print(f"trainfcnn: error: {error}", file=sys.stderr)
        return 2


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
        print(",".join(map(str, answer)) if isinstance(answer, list) else answer)
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
    print(completion_script(make_parser(), given.shell))
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


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": show_table,
    "train": train,
    "sweep": sweep,
    "predict": predict,
    "play": play_from_shell,
    "resume": resume,
    "doctor": doctor,
    "completion": completion,
}
