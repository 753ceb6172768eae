"""A training whose rate, decay, batches or weights are changed while it runs."""

from collections.abc import Mapping
from dataclasses import replace

import torch

from trainfcnn._support.checks import short
from trainfcnn.training.loop import Training

# What may change under a network: all else says what it is, or what it is shown.
LIVE = ("lr", "momentum", "weight_decay", "l1", "dropout", "batch_size")


def changed(training: Training, changes: Mapping[str, object]) -> Training:
    """Return a training that goes on from where one stands, with other settings.

    Weights, what the optimizer remembers, the order of batches and the history go over; the
    change is noted in ``state.changes`` with its epoch, since no single recipe leads here now. The
    training that was handed over is not changed.

    Parameters
    ----------
    training : Training
        Between two epochs.
    changes : mapping
        Fields of a `Recipe`, of `LIVE` ones, with their new values for all members.

    Raises
    ------
    ValueError
        For a value that no recipe takes, or a field that cannot change on the way.

    Examples
    --------
    >>> from trainfcnn.data.toy import make_dataset
    >>> from trainfcnn.recipe import Recipe
    >>> training = Training(make_dataset("xor"), Recipe(dims=[6], epochs=4))
    >>> done = next(training), next(training)
    >>> slower = changed(training, {"lr": 0.001})
    >>> slower.state.epoch, slower.state.changes
    (2, ((2, {'lr': 0.001}),))
    """
    if strange := [name for name in changes if name not in LIVE]:
        raise ValueError(
            f"what changes on the way must be of {', '.join(LIVE)}, got {short(strange[0])}: "
            "make a new Training"
        )
    made_of = training.made_of
    members = [replace(one, recipe=one.recipe.but(**changes)) for one in made_of.members]
    first = members[0].recipe
    if first.steps is not None and "batch_size" in changes:
        raise ValueError(
            f"batch_size must stay where steps are counted, got steps={first.steps}: give epochs"
        )
    new = Training(
        made_of.dataset,
        members,
        made_of.seed,
        device=training.stack.parameters.device,
        test_every=made_of.test_every,
        record_steps=made_of.record_steps,
        engine=training.engine.name,
        scaling=training.scaling,
    )
    new.restore(training.state)
    new.note_change(changes)
    return new


@torch.inference_mode()
def set_weight(
    training: Training, member: int, layer: int, to: int, from_: int | None, value: float
) -> None:
    """Set one weight of a member, or a bias where `from_` is None, in the units of the training.

    Layers count from 0, the one behind the inputs. It is noted as a change of settings is.
    """
    state = training.state
    place = -1 if from_ is None else from_  # the bias is the last column
    training.stack.blocks[layer][member, to, place] = value
    state.done = replace(state.done, parameters=training.stack.parameters.clone())
    training.note_change({"weight": (member, layer, to, from_, value)})
