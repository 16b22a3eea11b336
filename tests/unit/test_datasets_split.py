from __future__ import annotations

import numpy as np
import pytest

from fashiontui.datasets.split import stratified_sample, stratified_split

BALANCED = np.random.default_rng(0).permutation(np.repeat(np.arange(10, dtype=np.uint8), 60))
UNEVEN = np.random.default_rng(1).choice(5, size=997, p=[0.5, 0.3, 0.1, 0.07, 0.03]).astype(np.uint8)


@pytest.mark.parametrize("labels", [BALANCED, UNEVEN])
@pytest.mark.parametrize("valid_size", [1, 7, 50, 333, 500])
def test_the_split_is_exact_disjoint_complete_and_ascending(labels, valid_size):
    train, valid = stratified_split(labels, valid_size, seed=3)
    assert len(valid) == valid_size
    assert np.all(np.diff(train) > 0)
    assert np.all(np.diff(valid) > 0)
    assert sorted([*train, *valid]) == list(range(len(labels)))


@pytest.mark.parametrize("size", [10, 55, 123, 500])
def test_every_class_gets_its_share_to_within_one(size):
    chosen = np.bincount(UNEVEN[stratified_sample(UNEVEN, size, seed=0)], minlength=5)
    due = np.bincount(UNEVEN) * size / len(UNEVEN)
    assert np.all(np.abs(chosen - due) < 1)


def test_balanced_classes_stay_balanced():
    assert np.bincount(BALANCED[stratified_sample(BALANCED, 200, seed=0)]).tolist() == [20] * 10


def test_left_over_places_go_to_the_largest_remainders():
    labels = np.repeat(np.arange(3, dtype=np.uint8), [5, 3, 2])  # of 4: 2.0, 1.2, 0.8
    assert np.bincount(labels[stratified_sample(labels, 4, seed=0)]).tolist() == [2, 1, 1]


def test_the_seed_decides():
    first, again, other = (stratified_sample(BALANCED, 100, seed) for seed in (1, 1, 2))
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


def test_the_choice_is_the_same_on_every_machine():
    labels = np.arange(20, dtype=np.uint8) % 4
    assert stratified_sample(labels, 8, seed=0).tolist() == KNOWN_CHOICE


KNOWN_CHOICE = [0, 1, 2, 3, 8, 11, 13, 18]


def test_each_image_is_chosen_about_as_often_as_any_other():
    times = np.zeros(len(BALANCED))
    for seed in range(200):
        times[stratified_sample(BALANCED, 300, seed)] += 1
    assert 60 < times.min() <= times.max() < 140  # 100 expected, 7 the standard deviation


def test_all_and_none_can_be_chosen():
    assert stratified_sample(UNEVEN, len(UNEVEN), seed=0).tolist() == list(range(len(UNEVEN)))
    assert stratified_sample(UNEVEN, 0, seed=0).tolist() == []


@pytest.mark.parametrize("size", [-1, 998])
def test_more_than_there_are_can_not(size):
    with pytest.raises(ValueError, match=f"can't choose {size} of 997"):
        stratified_sample(UNEVEN, size, seed=0)
