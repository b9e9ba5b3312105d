"""The training loop: batches, early stopping, seeds. It knows nothing of finance."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.optim.adamw import adamw

from forecasting.model.config import TrainingConfig
from forecasting.model.device import CPU, chosen_device

torch.set_num_threads(1)  # a second thread made small LSTMs no faster, and jobs run several processes

Loss = Callable[[Tensor, Tensor], Tensor]
"""(network's outputs, targets) -> mean loss, both of shape (batch, outputs)."""


@dataclass(frozen=True, eq=False)
class WindowSet:
    """Windows into one long table of rows: overlapping windows share their memory.

    Attributes:
        rows: shape (all rows, features).
        ends: index of each window's last row, shape (windows,).
        lookback: rows per window.
        targets: shape (windows, outputs).
    """

    rows: Tensor
    ends: Tensor
    lookback: int
    targets: Tensor

    @classmethod
    def of(
        cls, rows: npt.NDArray[Any], ends: npt.NDArray[np.int64], lookback: int, targets: npt.NDArray[Any]
    ) -> WindowSet:
        """The same from numpy's arrays, the values in single precision."""
        return cls(as_rows(rows), torch.from_numpy(ends), lookback, as_rows(targets))

    def __len__(self) -> int:
        return len(self.ends)

    def every_other(self) -> WindowSet:
        """The first window, the third, the fifth and so on."""
        return replace(self, ends=self.ends[::2], targets=self.targets[::2])

    def on(self, device: str) -> WindowSet:
        """The same on another device."""
        return replace(self, rows=self.rows.to(device), ends=self.ends.to(device), targets=self.targets.to(device))

    def inputs(self, chosen: Tensor) -> Tensor:
        """Shape (chosen, lookback, features)."""
        span = torch.arange(1 - self.lookback, 1, device=self.rows.device)
        return self.rows[self.ends[chosen, None] + span]


@dataclass(frozen=True)
class History:
    """How a training went.

    Attributes:
        losses: validation loss before training and after each epoch, each at its best factor; empty without validation.
        best: number of epochs that led to the kept weights, 0 for the weights before training.
        factor: by which the outputs were multiplied in the end.
    """

    losses: tuple[float, ...]
    best: int
    factor: float


def train(
    network: nn.Module,
    windows: WindowSet,
    loss: Loss,
    config: TrainingConfig,
    seed: int,
    validation: WindowSet | None = None,
) -> History:
    """Train ``network`` in place and leave it in evaluation mode.

    With validation windows, training stops early: each epoch is judged with its outputs multiplied by each of
    ``config.shares``, and the best epoch with its best factor is kept. Without them, all epochs are run and the last
    factor is used. The same seed, data and machine give the same bits.

    It runs on the device that this process has chosen; before and after, the network is on the CPU.

    Raises:
        TypeError: the factor is not 1, and the network has no method ``shrink(factor)``.
    """
    torch.manual_seed(seed)
    device = chosen_device()
    network.to(device)
    steps = _Steps(network, windows.on(device), loss, config, torch.Generator().manual_seed(seed))
    if validation is None:
        for _ in range(config.epochs):
            steps.epoch()
        history = History((), config.epochs, config.shares[-1])
    else:
        history = _train_to_best(steps, validation.on(device))
    network.to(CPU).eval()
    if history.factor != 1.0:
        if not callable(getattr(network, "shrink", None)):
            raise TypeError(f"{type(network).__name__} cannot shrink its outputs: give it a method shrink")
        network.shrink(history.factor)  # type: ignore[operator]  # a method; torch's stubs take it for a module
    return history


class _Steps:
    """The optimiser's side of a training: one call, one pass over the windows."""

    def __init__(
        self, network: nn.Module, windows: WindowSet, loss: Loss, config: TrainingConfig, generator: torch.Generator
    ) -> None:
        self.network, self.windows, self.loss, self.config, self.generator = network, windows, loss, config, generator
        self.weights: list[Tensor] = list(network.parameters())
        self.start = [weight.detach().clone() for weight in self.weights]
        self.means, self.squares = ([torch.zeros_like(weight) for weight in self.weights] for _ in range(2))
        self.counts = [torch.zeros(()) for _ in self.weights]

    def epoch(self) -> None:
        self.network.train()
        order = torch.randperm(len(self.windows), generator=self.generator).to(self.windows.ends.device)
        for chosen in order.split(self.config.batch):  # type: ignore[no-untyped-call]
            value = self.loss(self.network(self.windows.inputs(chosen)), self.windows.targets[chosen])
            if self.config.anchor:
                value = value + self.config.anchor * self._distance()
            self.network.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.weights, 1.0)
            self._step()

    @torch.no_grad()
    def _step(self) -> None:
        """AdamW (Loshchilov and Hutter 2019) by torch's function: its class loads a compiler for two seconds."""
        adamw(
            self.weights,
            [weight.grad for weight in self.weights if weight.grad is not None],
            self.means,
            self.squares,
            [],
            self.counts,
            amsgrad=False,
            beta1=0.9,
            beta2=0.999,
            lr=self.config.rate,
            weight_decay=self.config.decay,
            eps=1e-8,
            maximize=False,
        )

    def _distance(self) -> Tensor:
        """Squared distance of the weights from the start."""
        pairs = zip(self.weights, self.start, strict=True)
        return torch.stack([(weight - start).square().sum() for weight, start in pairs]).sum()


def _train_to_best(steps: _Steps, validation: WindowSet) -> History:
    network, loss, config = steps.network, steps.loss, steps.config
    losses = [evaluate(network, validation, loss)]
    best, best_factor, kept = 0, 1.0, copy.deepcopy(network.state_dict())
    for epoch in range(1, config.epochs + 1):
        steps.epoch()
        outputs = predict(network, validation)
        by_factor = {factor: float(loss(outputs * factor, validation.targets)) for factor in config.shares}
        factor = min(by_factor, key=lambda factor: by_factor[factor])
        losses.append(by_factor[factor])
        if losses[epoch] < losses[best] or best < config.least:
            best, best_factor, kept = epoch, factor, copy.deepcopy(network.state_dict())
        elif epoch - best >= config.patience:
            break
    network.load_state_dict(kept)
    return History(tuple(losses), best, best_factor)


def evaluate(network: nn.Module, windows: WindowSet, loss: Loss) -> float:
    """Mean loss over all windows, dropout off."""
    return float(loss(predict(network, windows), windows.targets))


def predict(network: nn.Module, windows: WindowSet, batch: int = 2048) -> Tensor:
    """Outputs for all windows, shape (windows, outputs), dropout off."""
    network.eval()
    with torch.no_grad():
        parts = torch.arange(len(windows), device=windows.ends.device).split(batch)  # type: ignore[no-untyped-call]
        return torch.cat([network(windows.inputs(chosen)) for chosen in parts])


def as_rows(table: npt.NDArray[Any]) -> Tensor:
    """A float32 tensor of ``table``."""
    return torch.from_numpy(np.ascontiguousarray(table, dtype=np.float32))


def device_problem(device: str) -> str | None:
    """Why torch cannot compute on this device in this process; None if it can."""
    try:
        torch.zeros(1, device=device)
    except (AssertionError, RuntimeError) as error:  # a build without CUDA, no driver, no such GPU
        return str(error).partition("\n")[0].rstrip(".")
    return None
