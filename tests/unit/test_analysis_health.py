from __future__ import annotations

import numpy as np
import pytest
from support.event_logs import read, scalar, version, write_events

from fashiontui.analysis.health import RULES, Health, diagnose
from fashiontui.analysis.tracks import Track, tracks_of
from fashiontui.tfevents.points import HistogramPoint
from fashiontui.tfevents.series import ScalarSeries

HEALTHY = {
    "mean": 0.01,
    "std": 0.1,
    "norm": 3.0,
    "gradient_norm": 1e-3,
    "update_ratio": 1e-3,
    "distance_from_init": 0.5,
}


def track(name="fc1.weight", n=5, **changes):
    wiggle = 1 + 1e-3 * np.arange(n)
    values = {key: np.full(n, value) * wiggle for key, value in HEALTHY.items()}
    values.update({key: np.asarray(value, dtype=float) * np.ones(n) for key, value in changes.items()})
    return Track(name, np.arange(1, n + 1) * 100, values)


def word(one, *others, **options):
    return diagnose([one, *others], **options)[one.name].health


def test_what_moves_as_it_should_is_learning():
    verdict = diagnose([track()])["fc1.weight"]
    assert verdict.health is Health.LEARNING
    assert verdict.since is None
    assert "1.0e-03" in verdict.reason


def test_nothing_measured_is_unknown():
    nothing = dict.fromkeys(("gradient_norm", "update_ratio"), np.nan)
    assert word(track(n=1, **nothing)) is Health.UNKNOWN
    assert word(Track("w", np.empty(0, np.int64), {})) is Health.UNKNOWN


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"update_ratio": 1e-7}, Health.FROZEN),
        ({"update_ratio": 0.0}, Health.FROZEN),
        ({"update_ratio": 1e-5}, Health.LEARNING),
        ({"update_ratio": 0.2}, Health.EXPLODING),
        ({"update_ratio": 0.05}, Health.LEARNING),
        ({"norm": np.inf}, Health.EXPLODING),
        ({"norm": np.nan, "mean": np.nan, "std": np.nan}, Health.EXPLODING),
        ({"gradient_norm": np.inf}, Health.EXPLODING),
        ({"gradient_norm": np.nan}, Health.LEARNING),
        ({"dead_units": 0.5}, Health.DEAD),
        ({"dead_units": 0.4}, Health.LEARNING),
        ({"gradient_norm": 1e-9}, Health.VANISHING),
        ({"dead_units": 0.9, "update_ratio": 0.0}, Health.DEAD),
        ({"norm": np.inf, "dead_units": 1.0}, Health.EXPLODING),
    ],
)
def test_words(changes, expected):
    assert word(track(**changes)) is expected
    assert expected in RULES


def test_biases_may_change_by_more_of_their_size():
    assert word(track("fc1.bias", update_ratio=0.5)) is Health.LEARNING
    assert word(track("batch_norm1.weight", update_ratio=0.5)) is Health.LEARNING
    assert word(track("fc1.bias", update_ratio=1.5)) is Health.EXPLODING


def test_gradients_are_held_against_the_largest_among_weights():
    small = track("conv1.weight", gradient_norm=9e-7)
    assert word(small) is Health.LEARNING
    assert word(small, track("fc1.weight", gradient_norm=1e-3)) is Health.VANISHING
    assert word(small, track("fc1.bias", gradient_norm=1e-3)) is Health.LEARNING
    assert word(small, track("fc1.weight", gradient_norm=8e-4)) is Health.LEARNING


def test_a_gradient_that_jumps_is_exploding_when_it_stays_so():
    jumped = [1e-3] * 10 + [1.0] * 3
    verdict = diagnose([track(n=13, gradient_norm=jumped)])["fc1.weight"]
    assert verdict.health is Health.EXPLODING
    assert verdict.since == 1100
    assert word(track(n=12, gradient_norm=jumped[:12])) is Health.LEARNING


def test_it_takes_three_in_a_row_and_tells_since_when():
    ratios = [1e-3, 1e-7, 1e-3, 1e-7, 1e-7, 1e-7]
    verdict = diagnose([track(n=6, update_ratio=ratios)])["fc1.weight"]
    assert verdict.health is Health.FROZEN
    assert verdict.since == 400
    assert word(track(n=5, update_ratio=ratios[:5])) is Health.LEARNING
    assert diagnose([track(update_ratio=0.0)])["fc1.weight"].since is None


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize("changes", [{"update_ratio": 0.0}, {"gradient_norm": 1e-9}, {"update_ratio": 0.5}])
def test_what_was_measured_too_seldom_to_tell_is_not_called_learning(changes, n):
    assert word(track(n=n, **changes)) is Health.UNKNOWN
    assert word(track(n=n)) is Health.LEARNING


def test_a_lowered_learning_rate_freezes_nothing():
    rate = ScalarSeries("optimizer/learning_rate")
    rate.extend(np.array([1, 250]), np.zeros(2), np.array([1e-2, 1e-5]))
    slow = track(update_ratio=5e-9)
    assert word(slow, learning_rate=rate) is Health.LEARNING
    assert word(slow) is Health.FROZEN
    assert word(track(update_ratio=5e-10), learning_rate=rate) is Health.FROZEN


def test_small_updates_at_a_lowered_learning_rate_are_explained():
    rate = ScalarSeries("optimizer/learning_rate")
    rate.extend(np.array([1, 250]), np.zeros(2), np.array([1e-2, 1e-5]))
    verdict = diagnose([track(update_ratio=5e-9)], rate)["fc1.weight"]
    assert verdict.reason == "update/weight 5.0e-09, since the learning rate has fallen to 1.0e-05"


def test_a_bias_before_batch_norm_is_idle_not_ill():
    bias = track("conv1.bias", gradient_norm=1e-12, update_ratio=1e-9)
    assert word(bias, before_batch_norm={"conv1"}) is Health.IDLE
    assert word(bias, before_batch_norm={"conv2"}) is Health.VANISHING
    assert word(track("conv1.weight", gradient_norm=1e-12), before_batch_norm={"conv1"}) is Health.VANISHING


def test_parameters_are_gathered_from_their_tags(tmp_path):
    events = [version()]
    for step in (10, 20):
        for statistic, value in HEALTHY.items():
            events.append(scalar(step, f"layer_{statistic}/a/b.weight", value * step))
        events.append(scalar(step, "layer_dead_units/a/b", 0.25))
        events.append(scalar(step, "loss/train", 1.0))
    write_events(tmp_path, "1", events)
    (one,) = tracks_of(read(tmp_path).scalars, {})
    assert (one.name, one.layer, one.is_weight) == ("a/b.weight", "a/b", True)
    assert one.steps.tolist() == [10, 20]
    assert one.last("norm") == pytest.approx(60)
    assert one.last("dead_units") == 0.25
    assert np.isnan(one.last("max"))


def test_what_is_missing_at_a_step_is_nan(tmp_path):
    write_events(tmp_path, "1", [version(), scalar(1, "layer_norm/w", 1.0), scalar(2, "layer_mean/w", 2.0)])
    (one,) = tracks_of(read(tmp_path).scalars, {})
    np.testing.assert_array_equal(one.series("norm"), [1.0, np.nan])
    np.testing.assert_array_equal(one.series("mean"), [np.nan, 2.0])


def histogram(step, counts, lefts=(-1.0, 0.0, 1.0)):
    lefts = np.array(lefts)
    return HistogramPoint(step, 0.0, lefts, lefts + 1, np.array(counts, dtype=float))


def test_histograms_stand_in_where_no_statistics_were_logged():
    histograms = {
        "dense/kernel_0": (histogram(1, [1, 2, 1]), histogram(2, [2, 2, 0])),
        "gradients/dense": (histogram(1, [1, 1, 1]),),
        "still": tuple(histogram(step, [1, 1, 1]) for step in range(5)),
        "empty": (histogram(1, [0, 0, 0]),),
    }
    tracks = tracks_of({}, histograms)
    assert [one.name for one in tracks] == ["dense/kernel_0", "still", "empty"]
    assert all(one.is_estimated for one in tracks)
    assert tracks[0].series("mean").tolist() == [0.5, 0.0]
    assert tracks[0].last("norm") == pytest.approx(1.0)
    words = {name: verdict.health for name, verdict in diagnose(tracks).items()}
    assert words == {"dense/kernel_0": Health.LEARNING, "still": Health.FROZEN, "empty": Health.UNKNOWN}


def test_buckets_without_an_end_raise_nothing():
    endless = histogram(1, [1, 1, 1], lefts=(-1e308, 0.0, 1.7e308))
    (one,) = tracks_of({}, {"weights": (endless, endless, endless)})
    assert diagnose([one])["weights"].health in Health


def test_a_gradient_that_jumps_early_is_held_against_those_before_it():
    assert word(track(n=6, gradient_norm=[1e-3] * 3 + [1.0] * 3)) is Health.EXPLODING


def test_a_gradient_vanishes_by_the_size_of_its_parameter():
    # mean 0.01, deviation 0.1 and norm 3 are those of 30² numbers: root mean square 1e-8 is a norm of 3e-7
    assert word(track(gradient_norm=1e-7)) is Health.VANISHING
    assert word(track(gradient_norm=1e-6)) is Health.LEARNING


def test_what_changes_in_one_way_is_not_frozen():
    still = {"update_ratio": np.nan, "gradient_norm": np.nan}
    assert word(track(mean=0.01, **still)) is not Health.FROZEN
    assert word(track(mean=0.01, std=0.1, norm=3.0, **still)) is Health.FROZEN


def test_the_learning_rate_of_a_measurement_is_that_of_its_own_step():
    rate = ScalarSeries("optimizer/learning_rate")
    rate.extend(np.arange(1, 6) * 100, np.zeros(5), 10.0 ** -np.arange(5))
    assert word(track(update_ratio=5e-10), learning_rate=rate) is Health.LEARNING


def test_a_learning_rate_that_is_no_number_lowers_nothing():
    rate = ScalarSeries("optimizer/learning_rate")
    rate.extend(np.array([1, 250]), np.zeros(2), np.array([1e-2, np.nan]))
    assert word(track(update_ratio=0.0), learning_rate=rate) is Health.FROZEN
