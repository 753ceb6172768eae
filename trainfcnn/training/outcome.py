"""What a training has come to so far: networks, histories, losses of each member."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from trainfcnn._support.types import Array, Values
from trainfcnn.data.dataset import Dataset
from trainfcnn.engine.answers import layer_outputs
from trainfcnn.engine.backend import Engine, evaluation_for
from trainfcnn.engine.batches import Batches
from trainfcnn.engine.device import ExecutionContext
from trainfcnn.engine.epoch import Epoch
from trainfcnn.engine.fused import FusedEpoch
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import Task
from trainfcnn.recipe import Recipe
from trainfcnn.training.feed import Feed, Look
from trainfcnn.training.history import History
from trainfcnn.training.kept import Kept
from trainfcnn.training.monitor import Recorder
from trainfcnn.training.resolve import ResolvedRecipe
from trainfcnn.training.run import Run, best_of
from trainfcnn.training.scaling import Scaling
from trainfcnn.training.standing import Standing
from trainfcnn.training.state import TrainingState


class Outcome:
    """The half of a `Training` that answers, and takes no step: see there."""

    task: Task
    stack: Stack
    engine: Engine
    state: TrainingState
    _dataset: Dataset
    _members: list[ResolvedRecipe]
    _recipe: Recipe
    _seed: int
    _scaling: Scaling
    _feed: Feed
    _train: Batches
    _epoch: Epoch | FusedEpoch
    _patterns: dict[tuple[int, ...], FCNN]
    _test_every: int
    _work: int
    _n_threads: int

    @property
    def _unit(self) -> float:
        """What a loss on scaled targets is multiplied with; a squared error is in squared units.

        Of several targets each counts in its own standard deviation, and the loss has no unit.
        """
        units = self._scaling.units
        return units[0] ** self.task.power if len(units) == 1 else 1.0

    @property
    def scaling(self) -> Scaling:
        """How inputs and targets are scaled for the training."""
        return self._scaling

    @property
    def _is_late(self) -> bool:
        limit = self._recipe.max_seconds
        return limit is not None and self.state.seconds > limit

    def look_at(self, x: Values, y: Values, weights: Array | None = None) -> Look:
        """Return samples that are only looked at: inputs (n, d), class indices or values (n,).

        Whoever judges the same ones time and again makes it once; see `judged_by`.
        """
        batches = self._feed.evaluation(x, y, weights)
        engine = self.engine
        return Look(
            batches, evaluation_for(engine, self.stack, batches, self.task, self._n_threads)
        )

    def network(self, member: int = 0) -> FCNN:
        """Return a copy of one member as it is now, or as it was at its best epoch if one is kept.

        It lives on the CPU and takes and gives the data set's own units.
        """
        return self._extract(member, self._kept_parameters)

    @property
    def _kept_parameters(self) -> Tensor:
        done = self.state.done
        return done.parameters if done.best is None else done.best.parameters

    def snapshots(self) -> list[FCNN]:
        """Return a copy of each member as it is now, whether or not a better one is kept."""
        members = range(self.stack.n_members)
        return [self._extract(member, self.state.done.parameters) for member in members]

    def _extract(self, member: int, parameters: Tensor) -> FCNN:
        network = self._pattern(member).twin()  # its modules; the values are overwritten
        self.stack.copy_to(network, member, parameters)
        self._scaling.undo(network)
        return network.eval()  # as others expect of a network that is there to answer

    def _pattern(self, member: int) -> FCNN:
        """Return a network of a member's sizes."""
        dims = self._members[member].dims
        if dims not in self._patterns:
            self._patterns[dims] = self._members[member].pattern()
        return self._patterns[dims]

    def network_at(self, parameters: Tensor, member: int) -> FCNN:
        """Return a member as it was with other parameters (P,) of the stack."""
        return self._extract(member, parameters)

    def run(self, member: int) -> Run:
        """Return what is left behind of one member so far."""
        loss = self.losses()[member]
        run = self._run(member, self.history(member), loss, self.network(member))
        return replace(run, standing=Standing.of(self.stack, self.state, member))

    def runs(self) -> list[Run]:
        """Return what is left behind of each member so far."""
        rows = self._rows()
        losses = self.losses()
        values = self.stack.by_member(self._kept_parameters).cpu().numpy()
        return [
            self._run(
                member,
                self._history(rows, member),
                losses[member],
                Kept(self._pattern(member), values[member], self.stack.dims, self._scaling),
            )
            for member in range(self.stack.n_members)
        ]

    def judged(self, x: Values, y: Values, weights: Array | None = None) -> tuple[Array, Array]:
        """Return loss and score of all members at once, (K,) each, as they are kept.

        On inputs (n, d) and class indices or values (n,); see `analysis.evaluation.evaluate`.
        """
        with ExecutionContext(self._work):
            self.stack.parameters.copy_(self._kept_parameters)
            judged = self.judged_by(self.look_at(x, y, weights))
            self.stack.parameters.copy_(self.state.done.parameters)
        return judged

    def judged_by(self, look: Look) -> tuple[Array, Array]:
        """Return loss and score of all members as they are now, (K,) each, on those samples."""
        recorder = Recorder(self.task, self.stack.n_members)
        with ExecutionContext(self._work):
            look.evaluation.run()
            look.into(recorder, 1)
            loss, score = (np.asarray(row[0].double().cpu()) for row in recorder.rows(1))
        return loss * self._unit, score

    def answers(self, x: Values, member: int | None = None) -> list[Array]:
        """Return what each layer says of inputs (n, d), of all members in one pass.

        Returns
        -------
        list of array of shape (K, units, n)
            The hidden layers as they are, now, and last the answers: a regression's values, the
            probability of the second of two classes, or of each of more. K is 1 for a `member`.
        """
        scaling = self._scaling
        with ExecutionContext(self._work):
            scaled = (x - scaling.x_shift) / scaling.x_scale
            *hidden, scores = layer_outputs(self.stack, torch.from_numpy(scaled), member)
            answers = torch.empty_like(scores)
            self.task.predict(scores, out=answers)
            if not self.task.is_classification:
                # one for all targets, or one each
                scale, shift = (
                    answers.new_tensor(part).view(-1, 1)
                    for part in (scaling.y_scale, scaling.y_shift)
                )
                answers.mul_(scale).add_(shift)
            return [layer.cpu().numpy() for layer in (*hidden, answers)]

    def rows(self, since: int = 0) -> tuple[Array, Array]:
        """Return losses and scores on the training sample of the epochs after one, (n, K) each."""
        with ExecutionContext(self._work):
            loss, score = (rows[since:] for rows in self.state.training.rows(self.state.epoch))
            return np.asarray(loss.double().cpu()) * self._unit, np.asarray(score.double().cpu())

    def best_member(self) -> int:
        """Return which member has the lowest of `losses`; of those at their goal, if some are."""
        return self._best_of(self.losses())

    def _best_of(self, losses: Array) -> int:
        best = self.state.best
        reached = None if best is None else best.reached.cpu().numpy()
        if reached is not None and reached.any():
            losses = np.where(reached, losses, np.nan)
        return best_of(losses.tolist())

    def best_run(self) -> Run:
        """Return the run of the best member, with the losses of the others beside it."""
        losses = self.losses()
        best = self._best_of(losses)
        history = self.history(best)
        if len(losses) > 1:
            history = replace(history, restart_losses=self.restart_losses())
        standing = Standing.of(self.stack, self.state, best)
        run = self._run(best, history, losses[best], self.network(best))
        return replace(run, standing=standing)

    def _run(self, member: int, history: History, loss: float, network: FCNN | Kept) -> Run:
        return Run(
            dataset=self._dataset,
            recipe=self._members[member].recipe,
            network=network,  # type: ignore[arg-type]
            history=history,
            ended=self._ended(member, history, float(loss)),
            seed=self._seed,
            criterion=float(loss),
            engine=self.engine,
            units=self._scaling.units,
        )

    def _ended(self, member: int, history: History, loss: float) -> str:
        best = self.state.best
        # first, since a training that diverged ends before its epochs are done
        # and by its loss as well, since the last step of all may have been the one too many
        if not np.isfinite(history.loss).all() or (len(history) and not np.isfinite(loss)):
            return "diverged"
        if best is not None and best.reached[member]:
            return "reached"
        if len(history) == self._recipe.epochs:
            return "done"
        if best is not None and best.stopped[member]:
            return "stopped"
        return "time" if self._is_late else "interrupted"

    def history(self, member: int = 0) -> History:
        """Return what was seen of one member so far."""
        return self._history(self._rows(), member)

    def losses(self) -> Array:
        """Return by what members are compared, (K,): the lowest validation loss.

        Where nothing is held out it is the loss on the training sample: with patience the lowest
        that was met, and else that of the networks as they are now, or were at their goal.
        """
        state = self.state
        best = state.best
        with ExecutionContext(self._work):
            if best is not None and not best.stopping.keeps_last:
                losses = best.loss
            else:
                # whole epochs alone count: an interrupt may have come in the middle of one
                kept = state.done.parameters if best is None else best.parameters
                self.stack.parameters.copy_(kept)
                self._train.reorder()  # or between the draw of an order and its use
                moves = state.augmentation.get_state()  # so that asking changes nothing
                self._epoch.forward()
                state.augmentation.set_state(moves)
                train = self._train
                losses = self.task.loss(train.outputs(), train.targets, train.weights)
                self.stack.parameters.copy_(state.done.parameters)  # others may go on
            return np.asarray(losses.double().cpu()) * self._unit

    def restart_losses(self) -> Array:
        """Return the watched losses of all members, (K, epochs): validation, or else training."""
        rows = self._rows()
        return (rows["validation_loss"] if len(rows["validation_loss"]) else rows["loss"]).T

    def _rows(self) -> dict[str, Array]:
        """Return the curves of all members, (n, K) each, by their names in `History`."""
        state = self.state
        n_tests = state.epoch // self._test_every if self._test_every else 0
        watched = {
            "": (state.training, state.epoch),
            "validation_": (state.validation, state.epoch),
            "test_": (state.test, n_tests),
            "step_": (state.steps, state.step),
        }
        rows = {}
        with ExecutionContext(self._work):
            for name, (recorder, n) in watched.items():
                loss, score = recorder.rows(n)
                # a mean squared error is in squared units
                rows[f"{name}loss"] = np.asarray(loss.double().cpu()) * self._unit
                rows[f"{name}score"] = np.asarray(score.double().cpu())
        return rows

    def _history(self, rows: Mapping[str, Array], member: int) -> History:
        best = self.state.best
        history = History(
            **{name: row[:, member] for name, row in rows.items()},
            seconds=self.state.seconds,
            elapsed=self.state.elapsed_until(self.state.epoch),
            best_epoch=self.state.epoch if best is None else int(best.epoch[member]),
            loss_name=self.task.loss_name,
            score_name=self.task.score_name,
            test_every=self._test_every,
        )
        # what a member did after it stopped, beside others that went on, is not its history
        stopped = 0 if best is None else int(best.stopped[member])
        if not stopped:
            return history
        return replace(history.until(stopped), best_epoch=history.best_epoch)
