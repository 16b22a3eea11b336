"""What can be run and what came of it, study by study; and what is under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import is_not
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize

from fashiontui.tui.lines import line, wrapped
from fashiontui.tui.picking import Picked, picked
from fashiontui.tui.queuerows import QueueRow, queue_counts, queue_rows
from fashiontui.tui.reporting import Subject
from fashiontui.tui.screens.keys import DEEDS, RunKeys
from fashiontui.tui.screens.reportkeys import KEY, ReportKeys, subject_of_picked
from fashiontui.tui.subjects import no_subject, run_subject, subject_of
from fashiontui.tui.summaries import Summaries
from fashiontui.tui.tree import Kind, TreeRow, TreeView, foreign_rows, tree_rows
from fashiontui.tui.wanted import Wanting
from fashiontui.tui.widgets.detail import Detail
from fashiontui.tui.widgets.experimenttree import ExperimentTree
from fashiontui.tui.widgets.filterbar import FilterBar
from fashiontui.tui.widgets.frame import entitle, subtitle
from fashiontui.tui.widgets.linesview import LinesView
from fashiontui.tui.widgets.queuelist import QueueList
from fashiontui.tui.widgets.rowlist import RowList
from fashiontui.tui.words import count, no_run

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp

FOCUSED: Final = {"left": "tree", "detail": "detail-lines", "queue-pane": "queue"}  # in each pane
PANES: Final = tuple(FOCUSED)
MISTAKES: Final = "mistakes"
UNPICKED: Final = (None, None, None)
SECTION: Final = "experiments"  # of what is remembered
NOTHING: Final = "Nothing runs, nothing waits."
HINT: Final = " `r` runs the experiment under the cursor."


class ExperimentsScreen(RunKeys, ReportKeys):
    """Keys mean the row under the cursor of the list that has, or last had, the focus."""

    MODE = "experiments"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "start", "run", tooltip="Run the experiment", id="experiments.run"),
        Binding("R", "start_study", "run study", tooltip="Run all of its study", id="experiments.run-study"),
        Binding("space", "mark", "mark", tooltip="Mark a run for comparing", id="experiments.mark"),
        Binding("u", "unmark_all", "unmark", tooltip="Unmark all runs", show=False, id="experiments.unmark"),
        Binding("c", "compare", "compare", tooltip="Compare the marked runs", id="experiments.compare"),
        Binding("p", "pause_or_resume", "pause", tooltip="Pause, or go on", id="experiments.pause"),
        Binding("K", "stop", "stop", tooltip="Stop after a checkpoint; asks first", id="experiments.stop"),
        Binding("slash", "filter", "filter", tooltip="Show only some runs", id="experiments.filter"),
        Binding("escape", "unfilter", "all runs", tooltip="Clear the filter", id="experiments.all-runs"),
        Binding("o", "start_with", "run with…", tooltip="Run with other settings", id="experiments.run-with"),
        Binding("e", "edit", "edit", tooltip="Edit the experiments file", id="experiments.edit"),
        Binding("a", "act('rerun')", "again", tooltip="Repeat the run", id="experiments.again"),
        Binding("d", "delete", "delete", tooltip="Move the run to the trash", id="experiments.delete"),
        Binding("i", "copy_id", "copy id", tooltip="Copy the run's id", id="experiments.copy-id"),
        Binding("H", "hold", "hold queue", tooltip="Hold the queue, or let it go on", id="experiments.hold"),
        KEY,
        Binding("tab", "pane(1)", "next pane", show=False, id="experiments.next-pane"),
        Binding("shift+tab", "pane(-1)", "pane before", show=False, id="experiments.pane-before"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._summaries = Summaries()
        self._wanting = Wanting()
        self._opened: set[str] = set()
        self._folded: set[str] = set()
        self._about: TreeRow | QueueRow | None = None
        self._front_pane = PANES[0]
        self._named: tuple[str | None, ...] = ()
        self._count = ""  # of experiments that there are, or of another program's runs; with a filter, of those it shows
        self._wished_row = ""  # where the cursor was when the app was left
        self._unfiltered_row = ""  # and when a filter was begun
        self._row_found = ""  # where the filter has put it since
        self._picked = Picked()
        self._picked_of: tuple[object, object, object] = UNPICKED  # what that is of

    def compose_body(self) -> ComposeResult:
        """Mistakes of the file, the tree and the detail, the queue."""
        charset = self.fashion.charset
        self.add_class(f"-front-{self._front_pane}")
        yield LinesView(id=MISTAKES)
        with Horizontal(id="upper"):
            with Vertical(id="left", classes="pane -front"):
                yield FilterBar(self._known_facts, id="filter")
                yield ExperimentTree(charset, id="tree")
            yield Detail(low_bandwidth=self.fashion.low_bandwidth, id="detail", classes="pane")
        with Vertical(id="queue-pane", classes="pane"):
            yield QueueList(charset, id="queue")
            yield LinesView(id="queue-empty")

    def on_mount(self) -> None:
        """As it was left."""
        kept = self.fashion.preferences
        self._opened = set(kept.get(SECTION, "open", list[str]()))
        self._folded = set(kept.get(SECTION, "closed", list[str]()))
        entitle(self.query_one("#left"), "Experiments")
        entitle(self.query_one("#queue-pane"), "Queue")
        self.query_one(FilterBar).text = kept.get(SECTION, "filter", "")
        self._wished_row = kept.get(SECTION, "row", "")
        self.query_one(ExperimentTree).focus()

    # What is shown.

    def on_fashion_app_snapshot_changed(self, event: FashionApp.SnapshotChanged) -> None:
        """Show how things are."""
        self._summaries.update(event.snapshot.entries)
        self._picked_of = UNPICKED
        self._show_mistakes()
        self._show_tree()
        self._show_queue()
        self._show_detail()
        self._name_keys()

    def on_fashion_app_marks_changed(self, event: FashionApp.MarksChanged) -> None:
        """Other runs are marked."""
        del event
        self._show_tree()

    def on_screen_suspend(self) -> None:
        """Nothing is read for nobody."""
        self.query_one(Detail).rest()

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002 - as in the base, which fits the screen in
        """Lines are of another length, and other panes may stand beside each other."""
        if self.fashion.snapshot.is_loaded:
            self.call_after_refresh(self._show_mistakes)
            self.call_after_refresh(self._show_count)

    def _show_mistakes(self) -> None:
        snapshot = self.fashion.snapshot
        told = (snapshot.trouble, "" if snapshot.foreign else snapshot.config_error)
        mistakes = [text for text in told if text]
        view = self.query_one(f"#{MISTAKES}", LinesView)
        view.display = bool(mistakes)
        width = max(20, self.size.width - 3)
        view.show([text for mistake in mistakes for text in wrapped(mistake, width, "bad")])

    def _show_tree(self) -> None:
        snapshot, app = self.fashion.snapshot, self.fashion
        view = TreeView(
            open=self._opened,
            closed=self._folded,
            marked=app.marked,
            charset=app.charset,
            now=snapshot.now,
            wanted=self._wanting.runs(snapshot.entries, snapshot.now),
            wanted_experiments=self._wanting.experiments(snapshot.outline, snapshot.now),
        )
        if snapshot.foreign:
            rows = foreign_rows(snapshot.entries, view)
        else:
            rows = tree_rows(snapshot.outline, self._summaries, view, has_file=bool(snapshot.outline))
        self.query_one(ExperimentTree).show(rows)
        if self._wished_row and snapshot.is_loaded:
            self.query_one(ExperimentTree).go_to(self._wished_row)
            self._wished_row = ""
        self._count = self._count_words(rows)
        self._show_count()

    def _count_words(self, rows: Sequence[TreeRow]) -> str:
        """However much of it is folded."""
        snapshot = self.fashion.snapshot
        if self._wanting.is_set:
            kind = Kind.RUN if snapshot.foreign else Kind.EXPERIMENT
            return f"{len({row.name for row in rows if row.kind is kind})} shown"
        if snapshot.foreign:
            return count(len(snapshot.entries), "run")
        members = [member for group in snapshot.outline for member in group.members]
        named = {member.same_as or member.name for member in members}
        unnamed = set(self._summaries.experiments()) - {member.name for member in members}
        return count(len(named | unnamed), "experiment")

    def _show_count(self) -> None:
        others = "detail" if self.fashion.snapshot.foreign else "detail, queue"
        more = f"tab {others} · " if self.has_class("-narrow") else ""  # else they stand beside it
        subtitle(self.query_one("#left"), f"{more}{self._count}")

    def _show_queue(self) -> None:
        snapshot = self.fashion.snapshot
        self.set_class(snapshot.foreign, "-foreign")
        rows = queue_rows(snapshot, self.fashion.charset)
        self.query_one(QueueList).show(rows)
        self.query_one(QueueList).display = bool(rows)
        self.query_one("#queue-empty").display = not rows
        hint = "" if snapshot.read_only else HINT
        self.query_one("#queue-empty", LinesView).show([line(NOTHING + hint, "muted")])
        subtitle(self.query_one("#queue-pane"), queue_counts(snapshot))

    def _show_detail(self) -> None:
        snapshot, detail, about = self.fashion.snapshot, self.query_one(Detail), self._about
        width = detail.text_width
        if about is None:
            detail.show(no_subject(snapshot, is_filtered=self._wanting.is_set))
        elif isinstance(about, QueueRow):
            detail.show(run_subject(about.key, snapshot, width))
        else:
            detail.show(subject_of(about, snapshot, self._summaries, width))

    @on(Detail.WidthChanged)
    def _width_changed(self) -> None:
        self._show_detail()

    @on(RowList.Moved)
    def _moved(self, event: RowList.Moved[TreeRow] | RowList.Moved[QueueRow]) -> None:
        event.stop()
        is_tree = isinstance(event.sender, ExperimentTree)
        if is_tree and event.row is not None and not self._wished_row:
            self.fashion.preferences.put(SECTION, "row", event.row.key)
        if event.sender.has_focus or (is_tree and not isinstance(self.focused, QueueList)):
            self._be_about(event.row)

    def on_descendant_focus(self) -> None:
        """The list that has the focus says what keys and the detail are about."""
        focused = self.focused
        if isinstance(focused, ExperimentTree | QueueList):
            self._be_about(focused.row)

    def _be_about(self, row: TreeRow | QueueRow | None) -> None:
        """Of an empty queue there is nothing to say: the tree's row stays what keys and the detail are about."""
        self._about = row if row is not None else self.query_one(ExperimentTree).row
        self._show_detail()
        self._name_keys()

    def _name_keys(self) -> None:
        """What they do may be another thing now."""
        named = tuple(self.key_words(action) for action in ("pause_or_resume", "hold", *DEEDS))
        if named != self._named:
            self._named = named
            self.refresh_bindings()

    # Opening, closing, filtering.

    @on(ExperimentTree.FoldAsked)
    def _fold_asked(self, event: ExperimentTree.FoldAsked) -> None:
        self._fold(event.row, is_open=event.is_open)

    def _fold(self, row: TreeRow, *, is_open: bool) -> None:
        (self._opened if is_open else self._folded).add(row.key)
        (self._folded if is_open else self._opened).discard(row.key)
        self.fashion.preferences.put(SECTION, "open", sorted(self._opened))
        self.fashion.preferences.put(SECTION, "closed", sorted(self._folded))
        self._show_tree()

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen[TreeRow] | RowList.Chosen[QueueRow]) -> None:
        """Open the run; of an experiment its newest; of a study, what is beneath it."""
        event.stop()
        row = event.row
        if isinstance(row, TreeRow) and row.kind is Kind.GROUP:
            self._fold(row, is_open=not row.is_open)
            return
        runs = self._of(row).runs
        if runs:
            self.fashion.open_run(runs[0].key)
        else:
            self.fashion.say(no_run(self.fashion.snapshot))

    def action_filter(self) -> None:
        """Type a filter."""
        self._front("left")
        self.query_one(FilterBar).begin()

    def action_unfilter(self) -> None:
        """Show all runs again."""
        self.query_one(FilterBar).text = ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where nothing is filtered, escape leads back."""
        return self._wanting.is_set if action == "unfilter" else super().check_action(action, parameters)

    @on(FilterBar.Changed)
    def _filter_changed(self, event: FilterBar.Changed) -> None:
        tree = self.query_one(ExperimentTree)
        before = "" if tree.row is None else tree.row.key
        if not self._wanting.is_set:
            self._unfiltered_row = self._row_found = before
        has_moved = before != self._row_found
        self._wanting.set(event.wanted)
        self.fashion.preferences.put(SECTION, "filter", self.query_one(FilterBar).text)
        self._show_tree()
        if event.wanted is None and not has_moved:
            tree.go_to(self._unfiltered_row)
        elif not has_moved:
            self._row_found = "" if tree.row is None else tree.row.key
        self.refresh_bindings()

    @on(FilterBar.Left)
    def _filter_left(self) -> None:
        self.query_one(ExperimentTree).focus()

    def _known_facts(self) -> Sequence[Mapping[str, Any]]:
        return [entry.facts for entry in self.fashion.snapshot.entries]

    # Keys.

    def picked(self) -> Picked:
        """What the row under the cursor stands for; under a filter, of its runs those that fit."""
        of = (self.fashion.snapshot, self._about, self._wanting.filter)
        if any(map(is_not, of, self._picked_of)):  # every key asks
            self._picked, self._picked_of = self._of(self._about), of
        return self._picked

    def _of(self, row: TreeRow | QueueRow | None) -> Picked:
        snapshot = self.fashion.snapshot
        found = picked(row, snapshot, self._summaries)
        wanted = self._wanting.runs(snapshot.entries, snapshot.now)
        return found if wanted is None or isinstance(row, QueueRow) else found.among(wanted)

    def to_report(self) -> Subject:
        """What is marked, or under the cursor."""
        return subject_of_picked(self.picked(), self.fashion.marked, self.fashion.snapshot)

    def action_pane(self, step: int) -> None:
        """Go to another pane; on a narrow screen only that one is seen. Mistakes, which are always, come last."""
        stops = [*PANES, *([MISTAKES] if self.query_one(f"#{MISTAKES}").display else [])]
        focused = "" if self.focused is None else self.focused.id
        here = MISTAKES if focused == MISTAKES and MISTAKES in stops else self._front_pane
        there = stops[(stops.index(here) + step) % len(stops)]
        if there != MISTAKES:
            self._front(there)
        self.set_focus(self.query_one(f"#{FOCUSED.get(there, there)}"))  # before the one before is hidden

    def _front(self, pane: str) -> None:
        self._front_pane = pane
        for name in PANES:
            self.query_one(f"#{name}").set_class(name == pane, "-front", update=False)  # as all here, once
        classes = {f"-front-{name}": name == pane for name in PANES}
        self.update_classes(classes, update=self.has_class("-narrow"))  # elsewhere they mean nothing
