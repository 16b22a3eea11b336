"""What the detail pane is to say of a row. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fashiontui.config.problems import printable
from fashiontui.tui.cards.experiment import experiment_lines
from fashiontui.tui.cards.run import run_lines
from fashiontui.tui.cards.study import study_lines
from fashiontui.tui.lines import EMPTY, line, wrapped
from fashiontui.tui.outline import Group, Member
from fashiontui.tui.project import ProjectSnapshot
from fashiontui.tui.summaries import Summaries
from fashiontui.tui.tree import FOLDER, LEFT_OVER, RUNS, Kind, TreeRow
from fashiontui.tui.widgets.detail import Subject
from fashiontui.tui.words import short_id

WELCOME: Final = (
    "There is no experiment here yet.",
    "",
    "`e` opens an editor on an experiments file.",
    "In a shell, `fashiontui quickstart` trains a first network.",
)
OTHERS: Final = "Runs of other programs, such as TensorFlow, Lightning or PyTorch."
SAID: Final = {
    LEFT_OVER: "Runs of experiments that the experiments file does not have (any more).",
    RUNS: "All runs in this folder.",
}
NONE_LIKE_THAT: Final = (
    "No run and no experiment is like that.",
    "",
    "`esc` clears the filter.",
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a row of the tree stands for."""

    group: Group
    member: Member | None = None


def place_of(row: TreeRow, snapshot: ProjectSnapshot) -> Place:
    """The study a row is in, and the experiment it is about or beneath, as far as the file has them."""
    empty = Group(row.group, "", ())
    group = next((group for group in snapshot.outline if group.name == row.group), empty)
    if row.kind is Kind.GROUP:
        return Place(group)
    name = row.name if row.kind is Kind.EXPERIMENT else row.name.partition("/")[0]
    member = next((member for member in group.members if member.name == name), None)
    return Place(group, member or Member(name, printable(name), name, None))


def no_subject(snapshot: ProjectSnapshot, *, is_filtered: bool) -> Subject:
    """What to say where there is no row."""
    texts = NONE_LIKE_THAT if is_filtered else WELCOME
    return Subject("", tuple(line(text, "muted") for text in texts) if snapshot.is_loaded else ())


def subject_of(row: TreeRow, snapshot: ProjectSnapshot, summaries: Summaries, width: int) -> Subject:
    """What to say of a row of the tree."""
    place = place_of(row, snapshot)
    if row.kind is Kind.RUN:
        return run_subject(row.name, snapshot, width)
    if place.member is None:
        return _group_subject(place.group, row, summaries, width)
    member, summary = place.member, summaries.of(place.member)
    defaults = snapshot.config.defaults if snapshot.config is not None else None
    lines = experiment_lines(member, summary, defaults, now=snapshot.now, width=width)
    if summary.runs and not summaries[member.name].runs:
        lines[:0] = [
            line(f"the same settings as {printable(member.same_as)}, whose runs these are", "muted"),
            EMPTY,
        ]
    runs = tuple(run for run in summary.runs if run.attempts or run.state.is_ended)
    return Subject(printable(member.name), tuple(lines), runs, snapshot.logs)


def run_subject(key: str, snapshot: ProjectSnapshot, width: int) -> Subject:
    """What to say of a run."""
    run = snapshot.by_key(key)
    if run is None:
        return Subject(printable(key), (line("it is gone", "muted"),))
    title = f"{printable(run.experiment)} {short_id(run.run_id)}"
    return Subject(title, tuple(run_lines(run, snapshot.now, width)), (run,), snapshot.logs)


def _group_subject(group: Group, row: TreeRow, summaries: Summaries, width: int) -> Subject:
    if group.members:
        return Subject(printable(group.title), tuple(study_lines(group, summaries, width)))
    if row.key.startswith(FOLDER):
        return Subject(row.label, tuple(wrapped(OTHERS, width, "muted")))
    return Subject(row.label, tuple(wrapped(SAID.get(row.name, ""), width, "muted")))
