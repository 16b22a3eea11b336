from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from fashiontui.config.spec import OptimizerSpec, RegularizationSpec
from fashiontui.training.optimiser import (
    learning_rate_schedule,
    make_optimiser,
    penalty_of,
    set_learning_rate,
)


def test_exponential_decay_is_lr0_times_d_to_the_k():
    rate = learning_rate_schedule(OptimizerSpec(learning_rate=0.001, decay=0.9999), 100)
    assert [rate(k) for k in (0, 1, 27_500)] == pytest.approx([0.001, 0.0009999, 0.001 * 0.9999**27_500])


def test_no_decay_stays():
    rate = learning_rate_schedule(OptimizerSpec(learning_rate=0.01), 10)
    assert {rate(k) for k in range(10)} == {0.01}


def test_cosine_falls_from_peak_to_zero():
    rate = learning_rate_schedule(OptimizerSpec(learning_rate=1, schedule="cosine"), 100)
    assert [rate(0), rate(50), rate(100)] == pytest.approx([1, 0.5, 0])


def test_warmup_climbs():
    rate = learning_rate_schedule(OptimizerSpec(learning_rate=1, warmup=0.1), 100)
    rates = [rate(k) for k in range(12)]
    assert rates == sorted(rates)
    assert rates[0] == pytest.approx(1 / 11)
    assert rates[11] == 1


def test_one_cycle_peaks_once():
    rate = learning_rate_schedule(OptimizerSpec(learning_rate=2, schedule="one_cycle", warmup=0.2), 100)
    rates = [rate(k) for k in range(101)]
    assert rates[0] == pytest.approx(2 / 25)
    assert rates.index(max(rates)) == 20
    assert max(rates) == pytest.approx(2)
    assert rates[100] == pytest.approx(0)


@pytest.mark.parametrize(
    "spec",
    [
        OptimizerSpec(name="adam"),
        OptimizerSpec(name="adamw", weight_decay=0.1),
        OptimizerSpec(name="sgd", momentum=0.9, nesterov=True),
    ],
)
def test_optimisers_minimise(spec):
    weight = nn.Parameter(torch.tensor([5.0, -3.0]))
    optimiser = make_optimiser(spec, [weight], on_graph=False)
    set_learning_rate(optimiser, 0.05)
    for _ in range(300):
        optimiser.zero_grad()
        weight.square().sum().backward()
        optimiser.step()
    assert weight.abs().max() < 0.1


def test_penalties_by_hand_spare_biases():
    layer = nn.Linear(2, 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[3.0, -4.0]]))
        layer.bias.fill_(100)
    penalty = penalty_of(RegularizationSpec(l1=0.1, l2=0.01), layer)
    assert penalty().item() == pytest.approx(0.1 * 7 + 0.01 * 25)
    assert penalty_of(RegularizationSpec(), layer) is None


def test_one_cycle_climbs_for_three_tenths_unless_it_is_told_otherwise():
    rate = learning_rate_schedule(OptimizerSpec(learning_rate=2, schedule="one_cycle"), 100)
    rates = [rate(k) for k in range(100)]
    assert rates.index(max(rates)) == 30


def test_warmup_climbs_before_a_cosine_too():
    rate = learning_rate_schedule(OptimizerSpec(learning_rate=1, schedule="cosine", warmup=0.1), 100)
    assert rate(0) == pytest.approx(1 / 11)
    assert rate(9) == pytest.approx(10 / 11 * 0.5 * (1 + math.cos(math.pi * 0.09)))
    assert rate(50) == pytest.approx(0.5)


def moved(**settings):
    """Where two steps of 0.1 take a weight of 1.0 whose gradient is itself."""
    weight = nn.Parameter(torch.tensor([1.0]))
    optimiser = make_optimiser(OptimizerSpec(**settings), [weight], on_graph=False)
    set_learning_rate(optimiser, 0.1)
    for _ in range(2):
        weight.grad = weight.detach().clone()
        optimiser.step()
    return weight.item()


def test_each_setting_of_an_optimiser_reaches_it():
    assert moved(name="sgd", momentum=0.0) == pytest.approx(0.81)
    assert moved(name="sgd", momentum=0.5) == pytest.approx(0.76)  # 0.9 - 0.1 · (0.5 · 1 + 0.9)
    # nesterov: 1 - 0.1 · 1.5 = 0.85; then 0.1 · (0.85 + 0.5 · (0.5 + 0.85)) less
    assert moved(name="sgd", momentum=0.5, nesterov=True) == pytest.approx(0.6975)
    assert moved(name="sgd", momentum=0.0, weight_decay=1.0) == pytest.approx(0.64)
    plain, decayed = moved(name="adam"), moved(name="adam", weight_decay=1.0)
    assert plain == pytest.approx(0.8, abs=1e-3)
    assert decayed == pytest.approx(plain, abs=1e-3)  # decay is in the gradient, whose size Adam takes away
    assert moved(name="adamw", weight_decay=1.0) == pytest.approx(0.9 * (0.9 - 0.1) - 0.1, abs=2e-3)
