"""The tree of experiments: which rows there are, and what is on them."""

from __future__ import annotations

from pathlib import Path

from support.fakes import make_entry

from fashiontui.config.load import load_config
from fashiontui.runs.state import RunState
from fashiontui.tui.outline import Group, Member, outline_of
from fashiontui.tui.summaries import NO_RUNS, Summaries
from fashiontui.tui.tree import LEFT_OVER, RUNS, Kind, TreeView, tree_rows


def member(name, label=None):
    return Member(name, label or name, name, spec=object())


def group(name, *members, seeds=1, varies=None, question="?"):
    return Group(name, question, tuple(members), seeds, varies)


def finished(experiment="lr", run_id="a", **facts):
    known = {"test_accuracy": 0.9, "valid_accuracy": 0.91, "train_seconds": 60.0, "seed": 1, "variant": {}}
    return make_entry(experiment, run_id, state=RunState.FINISHED, facts={**known, **facts})


def summaries_of(*entries):
    summaries = Summaries()
    summaries.update(entries)
    return summaries


def rows(groups, *entries, **view):
    return tree_rows(groups, summaries_of(*entries), TreeView(**view))


def labels(found):
    return [row.label for row in found]


def test_the_first_study_is_open_and_those_that_say_the_same_are_not():
    groups = [group("networks", member("lr"), member("cnn1")), group("linear", member("lr"))]
    assert labels(rows(groups, finished())) == ["networks", "lr", "cnn1", "linear"]


def test_a_study_of_variants_is_open_once_it_has_runs():
    groups = [
        group("all", member("lr")),
        group("rates", member("lr-rate-1", "rate=1"), varies={"rate": (1,)}),
    ]
    assert labels(rows(groups)) == ["all", "lr", "rates"]
    assert labels(rows(groups, finished("lr-rate-1"))) == ["all", "lr", "rates", "rate=1"]


def test_what_was_opened_and_closed_stays_so():
    groups = [group("networks", member("lr")), group("linear", member("lr"))]
    assert labels(rows(groups, closed={"study:networks"}, open={"study:linear"})) == [
        "networks",
        "linear",
        "lr",
    ]


def test_runs_stand_beneath_an_experiment_that_is_open_newest_first():
    entries = [finished(run_id="a", seed=1), finished(run_id="b", seed=2)]
    opened = rows([group("g", member("lr"))], *entries, open={"experiment:g/lr"})
    assert [row.name for row in opened if row.kind is Kind.RUN] == ["lr/b", "lr/a"]


def test_an_experiment_without_runs_can_not_be_opened():
    (_, row) = rows([group("g", member("lr"))])
    assert row.is_open is None
    assert (row.sign, row.score, row.time) == ("○", "–", "")


def test_the_best_is_chosen_on_validation_and_shown_by_its_test_accuracy():
    entries = [
        finished(run_id="a", valid_accuracy=0.95, test_accuracy=0.93),
        finished(run_id="b", test_accuracy=0.99),
    ]
    (_, row) = rows([group("g", member("lr"))], *entries)
    assert row.score == "0.9300"


def test_repeats_of_a_study_with_seeds_are_folded():
    entries = [
        finished(run_id="a", seed=1, test_accuracy=0.90),
        finished(run_id="b", seed=2, test_accuracy=0.92),
    ]
    (head, row) = rows([group("g", member("lr"), seeds=2)], *entries)
    assert head.time == "1 × 2 seeds"
    assert row.score == "0.9100 ±.0141"
    assert row.sign == "◍"


def test_what_is_under_way_has_its_own_sign():
    (_, row) = rows([group("g", member("lr"))], finished(), make_entry("lr", "b", state=RunState.RUNNING))
    assert (row.sign, row.active) == ("●", "▶")


def test_a_failure_is_to_be_seen_where_nothing_has_finished():
    (_, row) = rows([group("g", member("lr"))], make_entry("lr", "b", state=RunState.FAILED))
    assert (row.sign, row.tone) == ("✗", "bad")


def test_runs_that_the_file_does_not_have_are_shown_below():
    found = rows([group("g", member("lr"))], finished("old"))
    assert labels(found)[2:] == [LEFT_OVER, "old"]


def test_without_a_file_they_are_just_runs():
    found = tree_rows([], summaries_of(finished("old")), TreeView(), has_file=False)
    assert labels(found) == [RUNS, "old"]


def test_a_filter_leaves_what_it_wants_and_opens_its_study():
    groups = [group("a", member("lr")), group("b", member("cnn1"))]
    found = rows(groups, finished("cnn1"), wanted={"cnn1/a"})
    assert labels(found) == ["b", "cnn1"]


def test_a_filter_may_want_an_experiment_for_itself():
    found = rows([group("a", member("lr"), member("cnn1"))], wanted=set(), wanted_experiments={"cnn1"})
    assert labels(found) == ["a", "cnn1"]


def test_a_mark_is_on_the_run_and_on_its_experiment():
    found = rows([group("a", member("lr"))], finished(), marked=["lr/a"], open={"experiment:a/lr"})
    assert [row.is_marked for row in found] == [False, True, True]


def test_no_two_rows_have_the_same_key():
    groups = [group("a", member("lr")), group("b", member("lr"))]
    found = rows(groups, finished(), open={"study:b", "experiment:a/lr", "experiment:b/lr"})
    assert len({row.key for row in found}) == len(found) == 6


def test_control_characters_of_names_do_not_come_through():
    found = rows([], finished("a\x1b[31m"))
    assert all("\x1b" not in row.label for row in found)


def test_summaries_are_kept_where_runs_are_the_same_objects():
    entry = finished()
    summaries = summaries_of(entry)
    before = summaries["lr"]
    summaries.update([entry])
    assert summaries["lr"] is before
    summaries.update([finished()])
    assert summaries["lr"] is not before
    assert summaries["none"] is NO_RUNS


def test_a_variant_that_changes_nothing_has_the_runs_of_its_experiment_until_it_has_its_own():
    same = Member("ann3-norm-true", "norm=true", "ann3", object(), same_as="ann3")
    norms = group("norms", same, member("ann3-norm-false"), varies={"norm": (True, False)})
    groups = (group("nets", member("ann3")), norms)
    of_base, own = finished("ann3"), finished("ann3-norm-true", "b", test_accuracy=0.8)
    opened = ("study:norms", "experiment:norms/ann3-norm-true")
    found = {row.key: row.score for row in rows(groups, of_base, open=opened)}
    assert found["experiment:norms/ann3-norm-true"] == found["experiment:norms/ann3-norm-true/a"] == "0.9000"
    assert found["experiment:norms/ann3-norm-false"] == "–"
    found = {row.key: row.score for row in rows(groups, of_base, own, open=opened)}
    assert found["experiment:norms/ann3-norm-true"] == "0.8000"
    assert "experiment:norms/ann3-norm-true/a" not in found


def test_of_such_a_variant_the_best_is_one_of_the_experiments_own_settings():
    same = Member("ann3-norm-true", "norm=true", "ann3", object(), same_as="ann3", variant={"norm": True})
    norms = group("norms", same, varies={"norm": (True,)})
    groups = (group("nets", member("ann3")), norms)
    plain = finished("ann3", "a", test_accuracy=0.9, valid_accuracy=0.9)
    other = finished("ann3", "b", test_accuracy=0.8, valid_accuracy=0.95, variant={"epochs": 99})
    notes = [
        (found["experiment:norms/ann3-norm-true"].score, found["experiment:norms/ann3-norm-true"].note)
        for entries in ((plain, other), (other,))
        for found in [{row.key: row for row in rows(groups, *entries, open=("study:norms",))}]
    ]
    assert notes == [("0.9000", ""), ("0.8000", "≠")]


def test_the_shipped_study_of_batch_norm_knows_which_variants_are_plain_experiments():
    config = load_config(Path(__file__).parents[2] / "experiments.toml")
    (found,) = [group for group in outline_of(config) if group.name == "batch_norm"]
    same = {member.name: member.same_as for member in found.members}
    assert {name: base for name, base in same.items() if base} == {
        f"{name}-batch_norm-true": name for name in ("ann3", "cnn1", "cnn2", "cnn3")
    }
