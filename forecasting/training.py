"""The training loop: batches, early stopping, seeds. It knows nothing of finance."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

torch.set_num_threads(1)  # a second thread made small LSTMs no faster, and jobs run several processes

Loss = Callable[[Tensor, Tensor], Tensor]
"""(network's outputs, targets) -> mean loss, both of shape (batch, outputs)."""


@dataclass(frozen=True, eq=False)
class WindowSet:
    """Windows into one long table of rows, so that overlapping windows share their memory.

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

    def __len__(self) -> int:
        return len(self.ends)

    def inputs(self, chosen: Tensor) -> Tensor:
        """Shape (chosen, lookback, features)."""
        span = torch.arange(1 - self.lookback, 1)
        return self.rows[self.ends[chosen, None] + span]


@dataclass(frozen=True)
class TrainingConfig:
    """How a network is trained.

    Attributes:
        epochs: most passes over the training windows; the best one by validation loss is kept, the start included.
        batch: windows per step.
        rate: AdamW's learning rate.
        decay: AdamW's weight decay.
        anchor: strength of the pull towards the weights at the start (squared distance); 0 for none.
        patience: epochs without a better validation loss after which training ends.
        shares: parts of the outputs that validation may choose to keep.
    """

    epochs: int = 4
    batch: int = 256
    rate: float = 2e-3
    decay: float = 1e-2
    anchor: float = 0.0
    patience: int = 2
    shares: tuple[float, ...] = (1.0,)


@dataclass(frozen=True)
class History:
    """How a training went.

    Attributes:
        losses: validation loss before training and after each epoch, each at its best share.
        best: index of the epoch whose weights were kept, 0 for the start.
        share: part of the outputs that was kept.
    """

    losses: tuple[float, ...]
    best: int
    share: float


def train(
    network: nn.Module, train_set: WindowSet, validation: WindowSet, loss: Loss, config: TrainingConfig, seed: int
) -> History:
    """Train ``network`` in place and leave it with its best weights, in evaluation mode.

    After each epoch the validation windows tell how much of the outputs to keep; the best epoch at its best share is
    what stays. A network that is no better than before training is left as it was. The same seed, data and machine
    give the same bits.

    Raises:
        TypeError: ``config.shares`` holds more than 1 and the network has no ``shrink``.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(network.parameters(), lr=config.rate, weight_decay=config.decay)
    start = [parameter.detach().clone() for parameter in network.parameters()]
    losses = [evaluate(network, validation, loss)]
    best, kept, kept_share = 0, copy.deepcopy(network.state_dict()), 1.0
    for epoch in range(1, config.epochs + 1):
        network.train()
        for chosen in _batches(len(train_set), config.batch, generator):
            value = loss(network(train_set.inputs(chosen)), train_set.targets[chosen])
            if config.anchor:
                moved = zip(network.parameters(), start, strict=True)
                value = value + config.anchor * torch.stack([(p - s).square().sum() for p, s in moved]).sum()
            optimiser.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
        outputs = predict(network, validation)
        by_share = {share: float(loss(outputs * share, validation.targets)) for share in config.shares}
        share = min(by_share, key=lambda share: by_share[share])
        losses.append(by_share[share])
        if losses[epoch] < losses[best]:
            best, kept, kept_share = epoch, copy.deepcopy(network.state_dict()), share
        elif epoch - best >= config.patience:
            break
    network.load_state_dict(kept)
    network.eval()
    if kept_share != 1.0:
        if not hasattr(network, "shrink"):
            raise TypeError(f"{type(network).__name__} cannot keep a share of its outputs: give it a method shrink")
        network.shrink(kept_share)  # type: ignore[operator]  # a plain method; torch types every attribute a module
    return History(tuple(losses), best, kept_share)


def evaluate(network: nn.Module, windows: WindowSet, loss: Loss) -> float:
    """Mean loss over all windows, dropout off."""
    return float(loss(predict(network, windows), windows.targets))


def predict(network: nn.Module, windows: WindowSet, batch: int = 2048) -> Tensor:
    """Outputs for all windows, shape (windows, outputs), dropout off."""
    network.eval()
    with torch.no_grad():
        parts = torch.arange(len(windows)).split(batch)  # type: ignore[no-untyped-call]
        return torch.cat([network(windows.inputs(chosen)) for chosen in parts])


def _batches(count: int, size: int, generator: torch.Generator) -> Iterator[Tensor]:
    yield from torch.randperm(count, generator=generator).split(size)  # type: ignore[no-untyped-call]


def as_rows(table: np.ndarray) -> Tensor:
    """A float32 tensor of ``table``."""
    return torch.from_numpy(np.ascontiguousarray(table, dtype=np.float32))
