"""Every key of every screen, pane and dialog does what its description says.

Each scene below names the bindings it presses, and presses them all; together the scenes name all there are.
"""

from __future__ import annotations

import functools
from threading import Event

import pytest
from support.cli import project
from support.fakes import make_run
from support.house import House
from support.keys import KEYS, Hands, all_bindings, less, more, to
from support.pilot import LARGE, MEDIUM, drive, options, until
from support.registry import HERE
from support.represented import keep
from support.showcase import Projected
from support.shown_runs import KEY, full_run, sheet
from support.trained import trained_run
from textual.widgets import Input, Static, TextArea

from fashiontui.analysis.projection import Projection
from fashiontui.errors import DataError
from fashiontui.runs.find import list_runs
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState
from fashiontui.training.event_writer import EventWriter
from fashiontui.tui.charts.scatter import Scatter
from fashiontui.tui.screens.compare import CompareScreen
from fashiontui.tui.screens.data import DataScreen
from fashiontui.tui.screens.help import Help
from fashiontui.tui.screens.run import RunScreen
from fashiontui.tui.widgets.compare_charts import MetricChart, TradeoffChart
from fashiontui.tui.widgets.confusion import ConfusionPane
from fashiontui.tui.widgets.confusion_matrix import ConfusionMatrix
from fashiontui.tui.widgets.curves_pane import CurvesPane
from fashiontui.tui.widgets.experimenttree import ExperimentTree
from fashiontui.tui.widgets.filterbar import Choices, FilterBar
from fashiontui.tui.widgets.filters import FiltersPane
from fashiontui.tui.widgets.gallery import Gallery
from fashiontui.tui.widgets.histograms_pane import HistogramsPane
from fashiontui.tui.widgets.likeness import Likeness
from fashiontui.tui.widgets.linesview import LinesView
from fashiontui.tui.widgets.log_view import LogView
from fashiontui.tui.widgets.pane import Pane
from fashiontui.tui.widgets.queuelist import QueueList
from fashiontui.tui.widgets.samples import SampleGrid
from fashiontui.tui.widgets.section_list import SectionList
from fashiontui.tui.widgets.sheet import Sheet
from fashiontui.tui.widgets.side_by_side import ComparisonTable, LayerTable
from fashiontui.tui.widgets.similarity_matrix import SimilarityMatrix
from fashiontui.tui.widgets.spreads import Spreads
from fashiontui.tui.widgets.tags_pane import TagsPane

WAIT = Event()  # that nobody sets
SCENES: dict[str, frozenset[str]] = {}


def scene(*names):
    """A test that presses these keys, all of them and no others."""

    def made(test):
        SCENES[test.__name__] = frozenset(names)

        @functools.wraps(test)
        def run(*arguments, **fixtures):
            assert test(*arguments, **fixtures) == set(names)

        return run

    return made


def played(folder, act, size=MEDIUM, **changes):
    """The keys that an act has pressed."""
    pressed = set()

    async def run(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        hands = Hands(app, pilot)
        await act(app, pilot, hands)
        pressed.update(hands.pressed)

    drive(options(folder, **changes), run, size)
    return pressed


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr("fashiontui.supervisor.ensure.ensure_supervisor", lambda logs: None)
    monkeypatch.setattr("fashiontui.tui.actions.doing.ensure_supervisor", lambda logs: None)
    monkeypatch.setattr("fashiontui.tui.tensorboard._program", lambda: ["sh", "-c", "sleep 1000"])
    return project(tmp_path)


def finished(folder, experiment="lr", run_id="20261123-091502-k3f"):
    return make_run(folder / "logs", experiment, run_id, state=RunState.FINISHED, environment=HERE).key


def records(folder):
    return [RunRecord.load(paths.record) for paths in list_runs(folder / "logs")]


def screen_name(app):
    return lambda: type(app.screen).__name__


async def at(pilot, app, label):
    """The tree's cursor on a row."""
    tree = app.screen.query_one(ExperimentTree)
    await until(pilot, lambda: label in [row.label for row in tree.rows])
    tree.cursor = [row.label for row in tree.rows].index(label)
    await pilot.pause()
    return tree


def test_all_keys_are_pressed_by_a_scene():
    assert frozenset().union(*SCENES.values()) == set(KEYS)


def test_every_key_can_be_another(folder):
    async def act(app, pilot, hands):
        del hands
        wanted = {name: f"alt+f{place}" for place, name in enumerate(sorted(KEYS))}
        app.set_keymap(wanted)
        for mode in ("run", "compare", "data", "report", "experiments"):
            app.action_mode(mode)
            await until(pilot, lambda mode=mode: app.current_mode == mode)
            there = {active.binding.id: key for key, active in app.screen.active_bindings.items()}
            assert {name: there[name] for name in wanted if name in there}.items() <= wanted.items()
        assert len(there.keys() & wanted.keys()) > 20

    assert played(folder, act) == set()


def test_no_key_means_two_things_at_one_place():
    for kind in {kind for kind, _ in all_bindings()}:
        keys = [key for owner, binding in all_bindings() if owner is kind for key in KEYS[binding.id]]
        assert len(keys) == len(set(keys)), kind


@scene(
    "app.experiments",
    "app.run",
    "app.compare",
    "app.data",
    "app.report",
    "app.back",
    "app.help",
    "help.close",
    "app.leave",
)
def test_going_places(folder):
    async def act(app, pilot, hands):
        def mode():
            return app.current_mode

        for name in ("run", "compare", "experiments"):
            await hands.press(f"app.{name}", mode, to(name))
        await hands.press("app.back", mode, to("compare"))
        await hands.press("app.help", screen_name(app), to("Help"))
        await hands.press("help.close", screen_name(app), to("CompareScreen"))
        await hands.press("app.data", mode, to("data"))
        await hands.press("app.report", mode, to("report"))
        await hands.press("app.leave", lambda: app._exit, to(True))

    return played(folder, act)


@scene("app.tensorboard", "board.copy", "board.close", "board.end")
def test_tensorboard(folder):
    finished(folder)

    async def act(app, pilot, hands):
        await hands.press("app.tensorboard", screen_name(app), to("Board"))
        process = app.deeds._board._process
        await hands.press(
            "board.copy", lambda: app.clipboard.partition("//")[2].partition(":")[0], to("localhost")
        )
        await hands.press("board.close", screen_name(app), to("ExperimentsScreen"))
        await pilot.press("t")
        await until(pilot, lambda: screen_name(app)() == "Board")
        await hands.press("board.end", process.poll)

    return played(folder, act)


LIST = ("list.up", "list.down", "list.page-up", "list.page-down", "list.first", "list.last", "list.open")


@scene(*LIST, "tree.open", "tree.close", "experiments.next-pane", "experiments.pane-before")
def test_the_list_of_experiments(folder):
    key = finished(folder)

    async def act(app, pilot, hands):
        tree = await at(pilot, app, "widths")
        rows, focused = (lambda: len(tree.rows)), (lambda: app.focused.id)
        await hands.press("tree.close", rows, less)
        await hands.press("tree.open", rows, more)
        last = len(tree.rows) - 1

        def cursor():
            return tree.cursor

        await hands.press("list.down", cursor, to(1))
        await hands.press("list.up", cursor, to(0))
        await hands.press("list.last", cursor, to(last))
        await hands.press("list.first", cursor, to(0))
        await hands.press("list.page-down", cursor, to(last))
        await hands.press("list.page-up", cursor, to(0))
        await hands.press("experiments.next-pane", focused, to("detail-lines"))
        await hands.press("experiments.pane-before", focused, to("tree"))
        await at(pilot, app, "lr")
        await hands.press("list.open", lambda: (app.current_mode, app.run_key), to(("run", key)))

    return played(folder, act)


@scene(
    "experiments.filter",
    "filter.complete",
    "filter.next",
    "filter.previous",
    "filter.apply",
    "filter.clear",
    "experiments.all-runs",
)
def test_the_filter(folder):
    finished(folder)

    async def act(app, pilot, hands):
        await at(pilot, app, "lr")
        await until(pilot, lambda: bool(app.snapshot.entries))
        bar, choices = app.screen.query_one(FilterBar), app.screen.query_one(Choices)
        await hands.press("experiments.filter", lambda: type(app.focused).__name__, to("FilterInput"))
        await pilot.press(*"stat")
        await until(pilot, lambda: len(choices.rows) > 1)
        await hands.press("filter.next", lambda: choices.cursor, to(1))
        await hands.press("filter.previous", lambda: choices.cursor, to(0))
        await hands.press("filter.complete", lambda: bar.text, to("state"))
        await pilot.press(*"=finished")
        await hands.press("filter.apply", lambda: app.focused.id, to("tree"))
        assert "learning_rate=0.01" not in [row.label for row in app.screen.query_one(ExperimentTree).rows]
        await pilot.press("slash")
        await hands.press("filter.clear", lambda: bar.text, to(""))
        await pilot.press("slash", *"state=finished", "enter")
        await until(pilot, lambda: app.focused.id == "tree" and bar.text != "")
        rows = app.screen.query_one(ExperimentTree).rows
        await hands.press("experiments.all-runs", lambda: bar.text, to(""))
        await until(pilot, lambda: len(app.screen.query_one(ExperimentTree).rows) > len(rows))

    return played(folder, act)


@scene(
    "experiments.mark", "experiments.copy-id", "experiments.compare", "experiments.again", "experiments.delete",
    "experiments.edit", "experiments.unmark",
)  # fmt: skip
def test_deeds_on_runs_that_have_ended(folder):
    key = finished(folder)

    async def act(app, pilot, hands):
        await until(pilot, lambda: bool(app.snapshot.entries))
        tree = await at(pilot, app, "lr")
        await hands.press("experiments.mark", lambda: app.marked, to([key]))
        await hands.press("experiments.unmark", lambda: app.marked, to([]))
        await pilot.press("space")
        await hands.press("experiments.copy-id", lambda: app.clipboard, to(key.partition("/")[2]))
        await hands.press("experiments.again", lambda: len(records(folder)), to(2))
        await hands.press("experiments.edit", lambda: [n.message for n in app._notifications])
        await until(pilot, lambda: len(app.snapshot.entries) == 2)
        await pilot.press("right")
        await until(pilot, lambda: any(row.key.endswith(key) for row in tree.rows))
        assert tree.go_to(next(row.key for row in tree.rows if row.key.endswith(key)))
        await pilot.pause()
        await pilot.press("d", "n")
        assert app.snapshot.by_key(key) is not None
        await hands.press("experiments.delete", screen_name(app), to("Confirm"))
        await pilot.press("y")
        await until(pilot, lambda: app.snapshot.by_key(key) is None)
        await until(pilot, lambda: app.marked == [])  # its mark went with it
        app.set_marked([app.snapshot.entries[0].key])
        await hands.press("experiments.compare", lambda: app.current_mode, to("compare"))

    return played(folder, act, editor=("true",))


@scene(
    "experiments.run", "experiments.run-study", "experiments.run-with", "start.run", "start.cancel", "confirm.yes",
    "confirm.no", "confirm.left", "confirm.right", "queue.earlier", "queue.later", "experiments.pause",
    "experiments.stop", "experiments.hold",
)  # fmt: skip
def test_new_runs_and_the_queue(folder):
    async def act(app, pilot, hands):
        name, focused = screen_name(app), (lambda: app.focused.id)
        queue = app.screen.query_one(QueueList)

        def queued():
            return [row.key for row in queue.rows]

        await at(pilot, app, "lr")
        await hands.press("experiments.run", lambda: len(queued()), to(1))
        await hands.press("experiments.run-with", name, to("StartDialog"))
        await hands.press("start.cancel", name, to("ExperimentsScreen"))
        await pilot.press("o")
        await until(pilot, lambda: bool(app.screen.query(TextArea)))
        await pilot.press(*"optimizer.learning_rate=0.5")
        await hands.press("start.run", lambda: len(queued()), to(2))
        assert 0.5 in {record.spec.optimizer.learning_rate for record in records(folder)}
        await at(pilot, app, "widths")
        await hands.press("experiments.run-study", name, to("Confirm"))
        await hands.press("confirm.right", focused, to("no"))
        await hands.press("confirm.left", focused, to("yes"))
        await hands.press("confirm.no", name, to("ExperimentsScreen"))
        await pilot.press("R")
        await until(pilot, lambda: name() == "Confirm")
        await hands.press("confirm.yes", lambda: len(queued()), to(4))
        queue.focus()
        queue.cursor = 0
        await pilot.pause()
        first, second, *_ = queued()
        await hands.press("experiments.hold", lambda: app.snapshot.is_held, to(True))
        await until(pilot, lambda: all("the queue is held" in row.words for row in queue.rows))
        assert "held" in str(app.screen.query_one("#queue-pane").border_subtitle)
        await pilot.press("H")
        await until(pilot, lambda: not app.snapshot.is_held)
        await hands.press("queue.later", lambda: queued()[:2], to([second, first]))
        await hands.press("queue.earlier", lambda: queued()[:2], to([first, second]))
        await hands.press("experiments.pause", lambda: app.snapshot.by_key(first).state, to(RunState.PAUSED))
        await until(pilot, lambda: queue.row is not None)
        queue.go_to(second)
        await pilot.pause()
        await hands.press("experiments.stop", name, to("Confirm"))
        await pilot.press("y")
        await until(pilot, lambda: app.snapshot.by_key(second).state is RunState.STOPPED)

    return played(folder, act)


LINES = ("lines.up", "lines.down", "lines.page-up", "lines.page-down", "lines.first", "lines.last")


@scene(*LINES)
def test_lines_of_text(folder):
    async def act(app, pilot, hands):
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, Help))
        view = app.screen.query_one(LinesView)
        await until(pilot, lambda: app.focused is view and view.max_scroll_y > view.size.height)

        def place():
            return view.scroll_offset.y

        await hands.press("lines.down", place, to(1))
        await hands.press("lines.up", place, to(0))
        await hands.press("lines.page-down", place, lambda _, y: y > 3)
        await hands.press("lines.page-up", place, to(0))
        await hands.press("lines.last", place, to(view.max_scroll_y))
        await hands.press("lines.first", place, to(0))

    return played(folder, act, size=(80, 24))


# The run screen.


def run_played(folder, act, key=KEY, size=MEDIUM):
    async def run(app, pilot, hands):
        app.open_run(key)
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.shown is not None)
        await until(pilot, lambda: app.screen.shown.view.is_whole and app.focused is not None)
        await act(app, pilot, hands)

    return played(folder, run, size)


def seen(app):
    return {pane.id for pane in app.screen.query(Pane) if pane.display and pane.size}


def in_pane(app):
    return lambda: next(node.id for node in app.focused.ancestors_with_self if isinstance(node, Pane))


PANES = ("layers", "histograms", "filters", "confusion", "tags", "log", "system", "curves")


@scene(*(f"run.{pane}" for pane in PANES), "run.next-pane", "run.pane-before", "run.maximise")
def test_the_panes_of_a_run(folder):
    full_run(folder / "logs")

    async def act(app, pilot, hands):
        for pane in PANES:
            await hands.press(f"run.{pane}", in_pane(app), to(pane))
        await hands.press("run.next-pane", lambda: app.focused.id)
        await hands.press("run.pane-before", lambda: app.focused.id)
        await pilot.press("7")
        await hands.press("run.maximise", lambda: seen(app), to({"layers"}))

    return run_played(folder, act)


DEEDS = ("run.mark", "run.compare", "run.copy-id", "run.again", "run.delete", "run.pause", "run.stop")


@scene(*DEEDS)
def test_deeds_on_the_run_that_is_shown(folder):
    (folder / "logs").mkdir()
    house = House(folder / "logs")
    waiting = house.add()
    key = finished(folder, "ann1")
    house.registry.refresh()

    async def act(app, pilot, hands):
        def state():
            return app.snapshot.by_key(waiting.key).state

        await hands.press("run.mark", lambda: app.marked, to([key]))
        await hands.press("run.copy-id", lambda: app.clipboard, to(key.partition("/")[2]))
        await hands.press("run.again", lambda: len(records(folder)), to(3))
        await hands.press("run.compare", lambda: app.current_mode, to("compare"))
        await pilot.press("2")
        await until(pilot, lambda: app.current_mode == "run")
        await hands.press("run.delete", screen_name(app), to("Confirm"))
        await pilot.press("y")
        await until(pilot, lambda: app.snapshot.by_key(key) is None)
        app.open_run(waiting.key)
        await until(pilot, lambda: app.screen.shown is not None and app.screen.shown.key == waiting.key)
        await hands.press("run.pause", state, to(RunState.PAUSED))
        await until(pilot, lambda: app.screen.shown.entry.state is RunState.PAUSED)
        await pilot.press("p")
        await until(pilot, lambda: app.screen.shown.entry.state is RunState.QUEUED)
        await hands.press("run.stop", screen_name(app), to("Confirm"))
        await pilot.press("y")
        await until(pilot, lambda: state() is RunState.STOPPED)

    try:
        return run_played(folder, act, key)
    finally:
        house.close()


SHEET = ("sheet.up", "sheet.down", "sheet.page-up", "sheet.page-down", "sheet.first", "sheet.last")


@scene(*SHEET, "sheet.left", "sheet.right", "sheet.choose", "layers.rules", "rules.close")
def test_the_table_of_layers(folder):
    full_run(folder / "logs")

    async def act(app, pilot, hands):
        await pilot.press("7")
        layers = app.screen.query_one("#layers-table", Sheet)
        await until(pilot, lambda: len(layers.rows) == 5)

        def row():
            return layers.cursor_row

        await hands.press("sheet.down", row, to(1))
        await hands.press("sheet.up", row, to(0))
        await hands.press("sheet.last", row, to(4))
        await hands.press("sheet.first", row, to(0))
        await hands.press("sheet.page-down", row, more)
        await hands.press("sheet.page-up", row, to(0))
        await hands.press("sheet.right", lambda: layers.cursor_column, to(1))
        await hands.press("sheet.left", lambda: layers.cursor_column, to(0))
        await hands.press("layers.rules", screen_name(app), to("RulesScreen"))
        await hands.press("rules.close", screen_name(app), to("RunScreen"))
        await pilot.press("right")
        await hands.press("sheet.choose", in_pane(app), to("tags"))

    return run_played(folder, act)


@scene(
    "histograms.kind", "histograms.mode", "histograms.before", "histograms.next", "filters.earlier", "filters.later",
    "filters.first", "filters.last", "filters.tag-before", "filters.tag-after",
)  # fmt: skip
def test_histograms_and_filters(folder):
    paths = full_run(folder / "logs")
    with EventWriter(paths.root) as writer:
        for step in (70, 80):
            writer.add(step, {"filters/other": sheet(step)})

    async def act(app, pilot, hands):
        await pilot.press("8")
        histograms, filters = app.screen.query_one(HistogramsPane), app.screen.query_one(FiltersPane)
        await until(pilot, lambda: histograms.tag == "weights/conv1.weight")
        await hands.press("histograms.next", lambda: histograms.tag, to("weights/fc1.weight"))
        await hands.press("histograms.before", lambda: histograms.tag, to("weights/conv1.weight"))
        await hands.press("histograms.kind", lambda: histograms.tag, to("biases/conv1.bias"))
        await hands.press("histograms.mode", lambda: histograms.chart.mode, to("ridge"))
        await pilot.press("9")
        await until(pilot, lambda: in_pane(app)() == "filters" and filters.tag == "filters/conv1")

        def place():
            return filters.place

        last = place()
        await hands.press("filters.earlier", place, to(last - 1))
        await hands.press("filters.later", place, to(last))
        await hands.press("filters.first", place, to(0))
        await hands.press("filters.last", place, to(last))
        await hands.press("filters.tag-after", lambda: filters.tag, to("filters/other"))
        await hands.press("filters.tag-before", lambda: filters.tag, to("filters/conv1"))

    return run_played(folder, act)


@scene(
    *(f"confusion.{name}" for name in ("up", "down", "left", "right", "first", "last", "worst", "images", "split")),
    "confusion.back", "gallery.more", "gallery.back",
)  # fmt: skip
def test_confusion(folder):
    full_run(folder / "logs")

    async def act(app, pilot, hands):
        await pilot.press("m")
        pane, matrix = app.screen.query_one(ConfusionPane), app.screen.query_one(ConfusionMatrix)
        await until(pilot, lambda: matrix.confusion is not None)
        await until(pilot, lambda: matrix.cursor == (4, 6))

        def cursor():
            return matrix.cursor

        await hands.press("confusion.up", cursor, to((3, 6)))
        await hands.press("confusion.down", cursor, to((4, 6)))
        await hands.press("confusion.left", cursor, to((4, 5)))
        await hands.press("confusion.right", cursor, to((4, 6)))
        await hands.press("confusion.first", cursor, lambda _, now: now[0] == 0)
        await hands.press("confusion.last", cursor, lambda _, now: now[0] >= 9)
        await hands.press("confusion.worst", cursor, to((4, 6)))
        await hands.press("confusion.images", lambda: app.focused.id, to("confusion-images"))
        gallery = app.screen.query_one(Gallery)
        await until(pilot, lambda: len(gallery.exhibits) == 3)
        await hands.press("gallery.more", lambda: str(gallery.border_title), lambda _, now: "4–6 of 6" in now)
        await hands.press("gallery.back", lambda: str(gallery.border_title), lambda _, now: "1–3 of 6" in now)
        await hands.press("confusion.back", lambda: app.focused.id, to("confusion-matrix"))
        await hands.press("confusion.split", lambda: pane.split, to("valid"))

    return run_played(folder, act, size=(80, 24))


@scene("tags.filter", "tags.keep", "tags.leave-filter", "text.close")
def test_all_curves(folder):
    full_run(folder / "logs")

    async def act(app, pilot, hands):
        await pilot.press("a")
        tags = app.screen.query_one(TagsPane)
        await until(pilot, lambda: len(tags.sheet.rows) > 30 and app.focused is tags.sheet)
        await hands.press("tags.filter", lambda: app.focused.id, to("tags-filter"))
        await pilot.press(*"speed")
        await until(pilot, lambda: len(tags.sheet.rows) == 1)
        await hands.press("tags.leave-filter", lambda: len(tags.sheet.rows), more)
        await pilot.press("slash", *"speed", "enter")
        await until(pilot, lambda: app.focused is tags.sheet and len(tags.sheet.rows) == 1)
        assert KEYS["tags.keep"] == KEYS["sheet.choose"] == ["enter"]  # the list's own key says so
        await pilot.press("enter")
        hands.pressed.add("tags.keep")
        await pilot.press("escape", "home")
        await until(pilot, lambda: str(tags.chart.title) == "speed/samples_per_second, accuracy/train")
        await pilot.press("slash", *"config", "enter", "enter")
        await until(pilot, lambda: type(app.screen).__name__ == "TextScreen")
        await hands.press("text.close", screen_name(app), to("RunScreen"))

    return run_played(folder, act)


LOG = ("up", "down", "page-up", "page-down", "first", "follow", "search", "next", "previous", "leave-search")


@scene(*(f"log.{name}" for name in LOG))
def test_the_log(folder):
    full_run(folder / "logs")

    async def act(app, pilot, hands):
        await pilot.press("l")
        view = app.screen.query_one(LogView)
        await until(pilot, lambda: len(view.lines) == 101 and app.focused is view)

        def place():
            return view.scroll_offset.y

        await until(pilot, lambda: view.follows and place() > 0)
        await hands.press("log.up", place, less)
        await hands.press("log.down", place, more)
        await hands.press("log.page-up", place, less)
        await hands.press("log.page-down", place, more)
        await hands.press("log.first", place, to(0))
        await hands.press("log.follow", lambda: view.follows, to(True))
        await hands.press("log.search", lambda: app.focused.id, to("log-search"))
        await pilot.press(*"line 4", "enter")
        await until(pilot, lambda: app.focused is view)
        await hands.press("log.next", place, less)
        await hands.press("log.previous", place, more)
        await hands.press(
            "log.leave-search", lambda: app.screen.query_one("#log-search", Input).value, to("")
        )

    return run_played(folder, act, size=(80, 24))


# Charts.


@scene(
    *(f"chart.{name}" for name in (
        "x", "log", "smoother", "rougher", "raw", "clip", "back", "on", "far_back", "far_on", "first", "last",
        "no_cursor", "closer", "wider", "pan_back", "pan_on", "maximise", "export",
    )),
    "export.next", "export.before", "export.cancel",
)  # fmt: skip
def test_a_chart(folder):
    full_run(folder / "logs", epochs=30)

    async def act(app, pilot, hands):
        chart, other = app.screen.query_one(CurvesPane).charts
        await until(pilot, lambda: app.focused is chart and len(chart.curves) == 4)

        def of(name):
            return lambda: getattr(chart.view, name)

        await hands.press("chart.log", of("log_y"), to(True))
        await hands.press("chart.smoother", of("smoothing"), more)
        await hands.press("chart.rougher", of("smoothing"), less)
        await hands.press("chart.raw", of("smoothing"), to(0.0))
        await hands.press("chart.clip", of("clip_outliers"), to(True))
        await hands.press("chart.first", of("cursor"), to(1.0))
        await hands.press("chart.on", of("cursor"), to(2.0))
        await hands.press("chart.back", of("cursor"), to(1.0))
        await hands.press("chart.far_on", of("cursor"), lambda _, now: now > 5)
        await hands.press("chart.far_back", of("cursor"), to(1.0))
        await hands.press("chart.last", of("cursor"), to(30.0))
        await hands.press("chart.closer", of("window"), lambda _, now: now is not None)
        await hands.press("chart.pan_back", of("window"), less)
        await hands.press("chart.pan_on", of("window"), more)
        await hands.press("chart.wider", of("window"))
        await hands.press("chart.no_cursor", of("cursor"), to(None))
        await hands.press("chart.x", of("x"), to("step"))
        await hands.press("chart.maximise", lambda: other.display, to(False))
        await hands.press("chart.export", screen_name(app), to("ExportScreen"))
        path = app.screen.query_one(Input)
        await hands.press("export.next", lambda: path.value[-4:], to(".svg"))
        await hands.press("export.before", lambda: path.value[-4:], to(".csv"))
        await hands.press("export.cancel", screen_name(app), to("RunScreen"))

    return run_played(folder, act)


# The compare screen.


COMPARE = (
    "metric", "metric_back", "pin", "remove", "all", "differences", "fold", "layers", "histograms", "table", "next",
    "before",
)  # fmt: skip


@scene(
    *(f"compare.{name}" for name in COMPARE), "comparison.export", "spreads.mode", "panes.next", "panes.before",
    "scatter.log_x",
)  # fmt: skip
def test_comparing(folder):
    logs = folder / "logs"
    keys = [
        trained_run(logs, name, run_id, accuracy=0.9, epochs=6, seed=seed).key
        for name, run_id, seed in (("ann1", "a", 1), ("cnn1", "b", 1), ("cnn1", "c", 2))
    ]

    async def act(app, pilot, hands):
        app.open_compare(keys)
        await until(
            pilot, lambda: isinstance(app.screen, CompareScreen) and set(app.screen.views) == set(keys)
        )
        chart, table = app.screen.query_one(MetricChart), app.screen.query_one(ComparisonTable)
        await until(pilot, lambda: len(table.rows) > 3 and bool(chart.curves))
        await hands.press("compare.metric", lambda: chart.title, to("valid loss"))
        await hands.press("compare.metric_back", lambda: chart.title, to("valid accuracy"))
        await hands.press("compare.fold", lambda: chart.curves[-1].name, to("cnn1 × 2 seeds"))
        await pilot.press("f")
        tradeoff = app.screen.query_one(TradeoffChart)
        await hands.press("panes.next", lambda: app.focused, to(tradeoff))
        await hands.press("scatter.log_x", lambda: tradeoff.view.log_x, to(True))
        await hands.press("panes.before", lambda: app.focused, to(chart))
        await hands.press("compare.all", lambda: len(table.rows), more)
        await hands.press("compare.differences", lambda: len(table.rows), less)
        await hands.press("compare.layers", lambda: app.focused, to(app.screen.query_one(LayerTable)))
        layers, spreads = app.screen.query_one(LayerTable), app.screen.query_one(Spreads)
        title = str(layers.border_title)
        await hands.press("compare.next", lambda: str(layers.border_title))
        await hands.press("compare.before", lambda: str(layers.border_title), to(title))
        await hands.press(
            "compare.histograms", lambda: app.focused is spreads or app.focused in spreads.query("*")
        )
        first = spreads.query("HistogramChart").first()
        await hands.press("spreads.mode", lambda: first.mode, to("ridge"))
        await hands.press("compare.table", lambda: app.focused, to(table))
        await pilot.press("right")
        await hands.press("compare.pin", lambda: app.screen.query_one("#compare-head", Static).content.plain)
        await hands.press("comparison.export", screen_name(app), to("ExportScreen"))
        await pilot.press("escape")
        await hands.press("compare.remove", lambda: app.compare_keys, to((keys[0], keys[2])))

    return played(folder, act)


@scene("spreads.others")
def test_histograms_of_many_runs(folder):
    logs = folder / "logs"
    keys = [trained_run(logs, "cnn1", f"run-{number}", epochs=2, seed=number).key for number in range(8)]

    async def act(app, pilot, hands):
        app.open_compare(keys)
        await until(
            pilot, lambda: isinstance(app.screen, CompareScreen) and set(app.screen.views) == set(keys)
        )
        await pilot.press("H")
        spreads = app.screen.query_one(Spreads)
        await until(pilot, lambda: "of 8" in str(spreads.border_title))
        await hands.press("spreads.others", lambda: str(spreads.border_title))

    return played(folder, act)


LIKENESS = ("up", "down", "left", "right", "first", "last", "epochs", "layers")


@scene("compare.likeness", *(f"likeness.{name}" for name in LIKENESS), "report.write", "reporting.cancel")
def test_how_alike_layers_are_and_a_report(folder):
    keys = []
    for name, seed in (("ann1", 1), ("cnn1", 2)):
        paths = trained_run(folder / "logs", name, epochs=3)
        keep(paths.root, seed=seed)
        keys.append(paths.key)

    async def act(app, pilot, hands):
        app.open_compare(keys)
        await until(
            pilot, lambda: isinstance(app.screen, CompareScreen) and set(app.screen.views) == set(keys)
        )
        likeness = app.screen.query_one(Likeness)
        await hands.press("compare.likeness", lambda: app.focused, to(likeness))
        matrix = likeness.query_one(SimilarityMatrix)
        await until(pilot, lambda: matrix.matrix is not None)

        def cursor():
            return matrix.cursor

        await hands.press("likeness.down", cursor, to((1, 0)))
        await hands.press("likeness.right", cursor, to((1, 1)))
        await hands.press("likeness.up", cursor, to((0, 1)))
        await hands.press("likeness.left", cursor, to((0, 0)))
        await hands.press("likeness.last", cursor, to((2, 0)))
        await hands.press("likeness.first", cursor, to((0, 0)))
        await hands.press("likeness.epochs", lambda: matrix.matrix.corner, to("epoch"))
        await hands.press("likeness.layers", lambda: matrix.matrix.corner, to("layer"))
        await hands.press("report.write", screen_name(app), to("FolderDialog"))
        await hands.press("reporting.cancel", screen_name(app), to("CompareScreen"))

    return played(folder, act)


# The data screen.


class Slow(Projected):
    """t-SNE goes on until it is given up; one dataset is not there."""

    def __init__(self, request):
        super().__init__(request)
        self._request = request
        self._is_over = False

    def cancel(self):
        self._is_over = True

    def heard(self):
        if '"mnist"' in self._request:
            raise DataError("MNIST is not here")
        for heard in super().heard():
            yield heard
            if isinstance(heard, Projection) and "tsne" in self._request:
                while not self._is_over:
                    WAIT.wait(0.01)


SAMPLES = ("up", "down", "first", "last", "more", "before", "larger", "smaller")


@scene(
    *(f"data.{name}" for name in ("method", "isolate", "next", "before", "cancel", "again")),
    *(f"samples.{name}" for name in SAMPLES),
)
def test_data(folder, monkeypatch):
    monkeypatch.setattr("fashiontui.tui.dataprojection.Projecting", Slow)
    text = (folder / "experiments.toml").read_text().replace('dataset = "fashion-mnist"', 'dataset = "mnist"')
    (folder / "experiments.toml").write_text(text)

    async def act(app, pilot, hands):
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))
        grid, plane = app.screen.query_one(SampleGrid), app.screen.query_one(Scatter)
        await until(pilot, lambda: app.focused is grid and len(plane.curves) == 10)

        def cursor():
            return grid.cursor

        await hands.press("samples.down", cursor, to(1))
        await hands.press("samples.up", cursor, to(0))
        await hands.press("samples.last", cursor, to(9))
        await hands.press("samples.first", cursor, to(0))
        await hands.press("samples.more", lambda: grid.page, to(1))
        await hands.press("samples.before", lambda: grid.page, to(0))
        await hands.press("samples.larger", lambda: grid.side, more)
        await hands.press("samples.smaller", lambda: grid.side, less)
        await hands.press("data.isolate", lambda: len(plane.curves), less)
        await pilot.press("i")
        await hands.press("data.method", lambda: app.screen._method, to("tsne"))
        await until(pilot, lambda: bool(app.screen._doing))
        await hands.press("data.cancel", lambda: app.screen._doing, to(""))
        await hands.press(
            "data.next", lambda: str(app.screen._problem), lambda _, now: "MNIST is not here" in now
        )
        before = app.screen._projection._number
        await hands.press("data.again", lambda: app.screen._projection._number, to(before + 1))
        await until(pilot, lambda: bool(app.screen._problem))
        await hands.press("data.before", lambda: len(plane.curves), to(10))

    return played(folder, act, size=LARGE)


# The report screen.


@scene("report.folder", "report.next", "report.before", "report.sections")
def test_keys_of_the_report(folder):
    (folder / "report").mkdir()
    (folder / "report" / "README.md").write_text("# T\n\nMade by fashiontui, now.\n\n## One\n\nwords\n")

    async def act(app, pilot, hands):
        await pilot.press("5")
        await until(pilot, lambda: app.current_mode == "report")
        sections = app.screen.query_one(SectionList)
        await until(pilot, lambda: len(sections.rows) == 2)
        await hands.press("report.next", lambda: sections.row.title, to("One"))
        await hands.press("report.before", lambda: sections.row.title, to("Summary"))
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is not sections)
        await hands.press("report.sections", lambda: app.focused is sections, to(True))
        await hands.press("report.folder", screen_name(app), to("FolderDialog"))

    return played(folder, act)
