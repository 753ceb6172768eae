"""What a shell completes after Tab: options, data sets, names of tables, files and folders.

shtab writes the script from the parser; what may stand after an option is added here.
"""

from argparse import Action, ArgumentParser, _SubParsersAction
from collections.abc import Iterator

SHELLS = ("bash", "zsh", "fish")
WHERE_IT_GOES = (
    'In ~/.bashrc: eval "$(trainfcnn completion bash)"; in ~/.config/fish/config.fish: trainfcnn '
    "completion fish | source; of zsh, into a file _trainfcnn in a folder of $fpath."
)


def completion_script(parser: ArgumentParser, shell: str) -> str:
    """Return a script that makes a shell complete the commands of a parser.

    Parameters
    ----------
    parser : ArgumentParser
        It is changed, and good for nothing else afterwards.
    shell : str
        One of `SHELLS`.

    Raises
    ------
    ValueError
        If shtab is not installed.
    """
    try:
        import shtab
    except ImportError:
        raise ValueError(
            "completion must have shtab, and it is not installed: pip install "
            '"trainfcnn[completion]"'
        ) from None
    names = _names()
    kinds = {"FILE": shtab.FILE, "FOLDER": shtab.DIRECTORY}
    for action in _actions(parser):
        if action.dest in names and action.choices is None:
            action.choices = names[action.dest]
        elif action.metavar in kinds:
            action.complete = kinds[action.metavar]  # type: ignore[attr-defined]
    script: str = shtab.complete(parser, shell)
    return script


def _names() -> dict[str, tuple[str, ...]]:
    """Return what may stand where an argument takes a name of a table."""
    # Late, since they import torch, and the parser that asks for `SHELLS` is to be fast.
    from trainfcnn.data.images import IMAGES
    from trainfcnn.data.toy import DATASETS
    from trainfcnn.engine.optimizers import OPTIMIZERS
    from trainfcnn.engine.schedules import SCHEDULES
    from trainfcnn.nn.activations import ACTIVATIONS
    from trainfcnn.nn.init import INITS

    return {
        "dataset": (*DATASETS, *IMAGES),
        "activation": (*ACTIVATIONS,),
        "init": (*INITS,),
        "optimizer": (*OPTIMIZERS,),
        "schedule": (*SCHEDULES,),
    }


def _actions(parser: ArgumentParser) -> Iterator[Action]:
    """Yield the arguments of a parser and of its commands."""
    for action in parser._actions:
        yield action
        if isinstance(action, _SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
