from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from forecasting.model.config import TrainingConfig
from forecasting.model.device import CPU, choose_device
from forecasting.model.training import WindowSet, as_rows, evaluate, predict, train

CONFIG = TrainingConfig(epochs=20, batch=32, rate=0.05, decay=0.0, patience=20)


class LastRow(nn.Module):
    """The smallest network: a line through the window's last row, starting at zero."""

    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Linear(2, 1)
        nn.init.zeros_(self.line.weight)
        nn.init.zeros_(self.line.bias)

    def forward(self, windows: Tensor) -> Tensor:
        out: Tensor = self.line(windows[:, -1])
        return out

    def shrink(self, factor: float) -> None:
        with torch.no_grad():
            self.line.weight.mul_(factor)
            self.line.bias.mul_(factor)


def squares(outputs: Tensor, targets: Tensor) -> Tensor:
    return (outputs - targets).square().mean()


def _windows(sign: float = 1.0, seed: int = 0) -> WindowSet:
    """Targets are ``sign`` times the first feature of the last row."""
    rows = as_rows(np.random.default_rng(seed).standard_normal((200, 2)))
    ends = torch.arange(4, 200)
    return WindowSet(rows, ends, 5, sign * rows[ends, :1])


def test_a_window_ends_with_its_row() -> None:
    windows = _windows()
    inputs = windows.inputs(torch.tensor([0, 7]))
    assert inputs.shape == (2, 5, 2)
    assert torch.equal(inputs[0], windows.rows[:5])
    assert torch.equal(inputs[1], windows.rows[7:12])


class LastState(nn.Module):
    """An LSTM and a line."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.line = nn.LSTM(2, 3, batch_first=True), nn.Linear(3, 1)

    def forward(self, windows: Tensor) -> Tensor:
        out: Tensor = self.line(self.lstm(windows)[0][:, -1])
        return out


@pytest.mark.slow
def test_all_of_a_training_is_on_the_chosen_device() -> None:
    """``meta`` keeps no numbers, but refuses as a GPU does to compute with tensors of two devices."""
    choose_device("meta")
    try:
        with pytest.raises(NotImplementedError, match="Cannot copy out of meta tensor"):  # when the network comes back
            train(LastState(), _windows(), squares, replace(CONFIG, anchor=1.0, epochs=1), 0)
        with pytest.raises(RuntimeError, match=r"Tensor.item\(\) cannot be called on meta tensors"):
            train(LastState(), _windows(), squares, CONFIG, 0, _windows(seed=1))
    finally:
        choose_device(CPU)


def test_it_learns() -> None:
    network = LastRow()
    history = train(network, _windows(), squares, CONFIG, 0, _windows(seed=1))
    assert history.losses[history.best] < 0.01 * history.losses[0]
    assert not network.training


def test_the_best_epoch_stays_and_not_the_last() -> None:
    network = LastRow()
    validation = _windows(seed=1)
    history = train(network, _windows(), squares, CONFIG, 0, validation)
    assert evaluate(network, validation, squares) == pytest.approx(min(history.losses))


def test_a_network_that_training_makes_worse_is_left_as_it_was() -> None:
    network = LastRow()
    history = train(network, _windows(), squares, CONFIG, 0, _windows(sign=-1.0, seed=1))
    assert history.best == 0
    assert not predict(network, _windows()).any()


def test_a_least_number_of_epochs_is_kept_whatever_validation_says() -> None:
    config = replace(CONFIG, least=1)
    history = train(LastRow(), _windows(), squares, config, 0, _windows(sign=-1.0, seed=1))
    assert history.best == 1


def test_without_validation_all_epochs_are_run_and_the_last_factor_is_used() -> None:
    network = LastRow()
    history = train(network, _windows(), squares, replace(CONFIG, shares=(1.0, 0.5)), 0)
    assert (history.best, history.factor, history.losses) == (CONFIG.epochs, 0.5, ())
    assert float(network.line.weight.detach()[0, 0]) == pytest.approx(0.5, abs=0.05)


def test_patience_ends_it_early() -> None:
    config = TrainingConfig(epochs=20, batch=32, rate=0.05, patience=2)
    history = train(LastRow(), _windows(), squares, config, 0, _windows(sign=-1.0))
    assert len(history.losses) == 3


def test_validation_chooses_how_much_of_the_outputs_to_keep() -> None:
    config = TrainingConfig(epochs=20, batch=32, rate=0.05, decay=0.0, patience=20, shares=(0.25, 0.5, 1.0))
    network = LastRow()
    validation = _windows(seed=1)
    half = WindowSet(validation.rows, validation.ends, 5, 0.5 * validation.targets)
    history = train(network, _windows(), squares, config, 0, half)
    assert history.factor == 0.5
    assert evaluate(network, half, squares) < 0.001


def test_the_same_seed_gives_the_same_bits_and_another_does_not() -> None:
    def weights(seed: int) -> Tensor:
        network = LastRow()
        train(network, _windows(), squares, CONFIG, seed, _windows(seed=1))
        return network.line.weight.detach()

    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))


def test_an_anchor_holds_a_network_near_its_start() -> None:
    loose, held = LastRow(), LastRow()
    train(loose, _windows(), squares, CONFIG, 0)
    anchored = TrainingConfig(epochs=20, batch=32, rate=0.05, decay=0.0, anchor=10.0, patience=20)
    train(held, _windows(), squares, anchored, 0)
    assert held.line.weight.abs().max() < 0.3 * loose.line.weight.abs().max()


def test_a_network_that_cannot_shrink_is_named() -> None:
    class Stiff(LastRow):
        shrink = None  # type: ignore[assignment]

    config = TrainingConfig(epochs=1, shares=(0.5,), rate=0.05)
    with pytest.raises(TypeError, match="Stiff cannot shrink its outputs"):
        train(Stiff(), _windows(), squares, config, 0, _windows(seed=1))
