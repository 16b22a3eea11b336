from __future__ import annotations

import math

import numpy as np
import pytest

from fashiontui.analysis.overfitting import generalisation_gap, overfitting

EPOCHS = np.arange(1.0, 31.0)
FALLING = 2.0 * 0.9**EPOCHS


def test_the_gap_by_hand():
    assert generalisation_gap(0.9573, 0.9266) == pytest.approx(0.0307)
    assert generalisation_gap(0.80, 0.82) == pytest.approx(-0.02)


@pytest.mark.parametrize("onset", [5, 14, 25])
def test_onset_is_where_validation_loss_turns(onset):
    valid = 0.3 + 0.002 * (EPOCHS - onset) ** 2
    found = overfitting(EPOCHS, FALLING, valid)
    assert found is not None
    assert found.since == onset
    now = 0.3 + 0.002 * (29 - onset) ** 2  # the middle one of the last three
    low = 0.302  # the middle one of the three around the lowest
    assert found.rise == pytest.approx((now - low) / low)
    assert found.fall == pytest.approx(1 - 0.9 ** (29 - onset))


def test_noise_alone_is_not_overfitting():
    noises = [np.random.default_rng(seed).normal(0, 0.01, len(EPOCHS)) for seed in range(400)]
    found = [overfitting(EPOCHS, FALLING, 0.3 + 0.5 * 0.8**EPOCHS + noise) for noise in noises]
    assert sum(each is not None for each in found) <= 0.02 * len(noises)


def test_noise_does_not_hide_it():
    for seed in range(50):
        noise = np.random.default_rng(seed).normal(0, 0.005, len(EPOCHS))
        found = overfitting(EPOCHS, FALLING, 0.3 + 0.001 * (EPOCHS - 12) ** 2 + noise)
        assert found is not None
        assert 8 <= found.since <= 16


def test_one_odd_epoch_is_not_its_onset():
    valid = 0.3 + 0.002 * (EPOCHS - 14) ** 2
    valid[3] = 0.1
    found = overfitting(EPOCHS, FALLING, valid)
    assert found is not None
    assert found.since == 14


def test_a_last_odd_epoch_is_not_overfitting():
    valid = 0.3 + 0.5 * 0.8**EPOCHS
    valid[-1] = 2.0
    assert overfitting(EPOCHS, FALLING, valid) is None


@pytest.mark.parametrize(
    ("train", "valid"),
    [
        (FALLING, 0.3 + 0.5 * 0.8**EPOCHS),  # both fall
        (FALLING, np.full(30, 0.3)),
        (np.full(30, 0.5), 0.3 + 0.002 * (EPOCHS - 14) ** 2),  # nothing is learnt by heart
        (FALLING[::-1], 0.3 + 0.002 * (EPOCHS - 14) ** 2),  # both rise: the learning rate is too large
    ],
)
def test_other_curves_are_not_overfitting(train, valid):
    assert overfitting(EPOCHS, train, valid) is None


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_too_few_epochs_tell_nothing(count):
    assert overfitting(EPOCHS[:count], FALLING[:count], FALLING[:count][::-1]) is None


def test_what_is_not_finite_counts_for_nothing():
    valid = 0.3 + 0.002 * (EPOCHS - 14) ** 2
    valid[[0, 5, 20]] = math.nan, math.inf, -math.inf
    train = FALLING.copy()
    train[7] = math.nan
    found = overfitting(EPOCHS, train, valid)
    assert found is not None
    assert found.since == 14
    assert overfitting(EPOCHS, train, np.full(30, math.nan)) is None


def test_a_noisy_rise_by_a_quarter_is_seen():
    """What one network did, without dropout and with drawn images."""
    valid = [
        0.409,
        0.372,
        0.372,
        0.344,
        0.358,
        0.386,
        0.337,
        0.337,
        0.376,
        0.392,
        0.392,
        0.382,
        0.42,
        0.386,
        0.443,
    ]
    found = overfitting(range(1, 16), np.linspace(0.4, 0.11, 15), valid)
    assert found is not None
    assert found.since in (7, 8)
    assert found.rise == pytest.approx(0.246, abs=0.001)


def test_a_training_loss_of_nothing_can_fall_no_further():
    valid = np.concatenate([np.linspace(0.5, 0.3, 5), np.linspace(0.3, 0.9, 15)])
    assert overfitting(np.arange(20), np.zeros(20), valid) is not None
    assert overfitting(np.arange(20), np.ones(20), valid) is None


@pytest.mark.parametrize(("rise", "is_told"), [(0.015, False), (0.03, True)])
def test_a_rise_by_less_than_a_fiftieth_is_none_however_smooth(rise, is_told):
    valid = 0.3 + np.where(EPOCHS < 10, 0.01 * (10 - EPOCHS), 0.3 * rise * (EPOCHS - 10) / 19)
    assert (overfitting(EPOCHS, FALLING, valid) is not None) is is_told


def test_three_epochs_must_follow_the_lowest():
    valid = np.concatenate([np.linspace(0.5, 0.3, 21), [0.6, 0.9]])
    assert overfitting(np.arange(23), np.linspace(1, 0.5, 23), valid) is None
    valid = np.append(valid, 1.2)
    assert overfitting(np.arange(24), np.linspace(1, 0.5, 24), valid).since == 20


def test_epochs_without_a_training_loss_count_for_nothing_too():
    train = FALLING.copy()
    train[-3:] = math.nan
    found = overfitting(EPOCHS, train, 0.3 + 0.002 * (EPOCHS - 14) ** 2)
    assert found is not None
    assert found.rise == pytest.approx((0.3 + 0.002 * 12**2 - 0.302) / 0.302)
