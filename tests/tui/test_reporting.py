"""A report written from the app: of which runs, where to, how far it is, and its end."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from functools import partial

import pytest
from support.cli import project
from support.event_logs import scalar, version, write_events
from support.fakes import make_run
from support.fakes import until as wait
from support.pilot import MEDIUM, SMALL, drive, options, shown, until
from support.reported import trained
from textual.widgets import Input, Static

from fashiontui.analysis.reportwriting import ReportWriting, Step
from fashiontui.runs.state import RunState
from fashiontui.tui.palette import palette_commands
from fashiontui.tui.reporting import Reports
from fashiontui.tui.screens.compare import CompareScreen
from fashiontui.tui.screens.confirm import Confirm
from fashiontui.tui.screens.experiments import ExperimentsScreen
from fashiontui.tui.screens.folderdialog import FolderDialog
from fashiontui.tui.widgets.experimenttree import ExperimentTree
from fashiontui.tui.widgets.report_line import ReportLine

ANN, CNN, CNN_2 = "ann1/20261123-091501-p7q", "cnn1/20261123-091502-k3f", "cnn1/20261123-091503-z1z"
WRITER = """
import json, os, sys, time
from pathlib import Path
here = Path(os.environ["REPORTED"])
(here / "asked.json").write_text(json.dumps(sys.argv[1:]))
(here / "pid").write_text(str(os.getpid()))
print("drawing: 5 of 10", file=sys.stderr, flush=True)
while not (here / "go").exists():
    time.sleep(0.01)
folder = Path(sys.argv[sys.argv.index("--out") + 1])
if folder.name == "bad":
    print(json.dumps({"message": "can't be written", "hint": "Name another one."}))
    sys.exit(2)
folder.mkdir(parents=True, exist_ok=True)
(folder / "report.html").touch()
print(json.dumps({"report": str(folder / "report.html"), "runs": 2, "notes": ["odd [bold]"]}))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project with runs, and a writer of reports that waits to be told to go on."""
    project(tmp_path)
    for key in (ANN, CNN, CNN_2):
        make_run(tmp_path / "logs", *key.split("/"), state=RunState.FINISHED)
    made = partial(ReportWriting, command=(sys.executable, "-c", WRITER))
    monkeypatch.setattr("fashiontui.tui.reporting.ReportWriting", made)
    monkeypatch.setenv("REPORTED", str(tmp_path))
    return tmp_path


def driven(folder, act, size=MEDIUM, **changes):
    async def run(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        await act(app, pilot)

    return drive(options(folder, **changes), run, size)


def asked(folder):
    """The runs that were asked for, and the other arguments."""
    words = json.loads((folder / "asked.json").read_text())
    place = words.index("--")
    return words[place + 1 :], words[:place]


def begun(folder):
    return (folder / "asked.json").exists()


def is_alive(folder):
    try:
        os.kill(int((folder / "pid").read_text()), 0)
    except ProcessLookupError:
        return False
    return True


def told(app):
    return [notification.message for notification in app._notifications]


def line(app):
    found = app.screen_stack[0].query_one(ReportLine)
    return str(found.content) if found.display else ""


async def write(app, pilot, name=""):
    """Press the key, and take the folder that is proposed, or another one."""
    await pilot.press("W")
    await until(pilot, lambda: isinstance(app.screen, FolderDialog))
    if name:
        app.screen.query_one(Input).value = name
    await pilot.press("enter")


async def at(pilot, app, label):
    """The tree's cursor on a row."""
    tree = app.screen.query_one(ExperimentTree)
    await until(pilot, lambda: label in [row.label for row in tree.rows])
    tree.cursor = [row.label for row in tree.rows].index(label)
    await pilot.pause()


@pytest.mark.parametrize("size", [SMALL, MEDIUM])
def test_from_the_key_to_where_it_lies(folder, size):
    async def act(app, pilot):
        app.set_marked([CNN, ANN])
        await write(app, pilot)
        await until(pilot, lambda: "drawing" in line(app))
        assert "50%   W ends it" in line(app)
        assert line(app) in shown(app)
        (folder / "go").touch()
        await until(pilot, lambda: bool(told(app)))
        (words,) = told(app)
        assert words.startswith("2 runs: report/report.html\n")
        assert (folder / "report" / "report.html").as_uri() in words
        assert "note: odd [bold]" in words
        assert line(app) == ""

    driven(folder, act, size)
    names, others = asked(folder)
    assert names == [CNN, ANN]
    assert others == [
        "report", "--json", "--out", str(folder / "report"), "--logs", str(folder / "logs"),
        "--config", str(folder / "experiments.toml"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "title", "names"),
    [
        ("cnn1", "2 runs of cnn1", [CNN, CNN_2]),
        ("depth", "the study depth", ["depth"]),
    ],
)
def test_of_what_is_under_the_cursor(folder, label, title, names):
    (folder / "experiments.toml").write_text(
        "[experiments.ann1]\nmodel = 'mlp'\n[experiments.cnn1]\nmodel = 'cnn'\n"
        "[studies.depth]\nquestion = 'How deep?'\nexperiments = ['ann1']\n"
    )

    async def act(app, pilot):
        await at(pilot, app, label)
        await pilot.press("W")
        await until(pilot, lambda: isinstance(app.screen, FolderDialog))
        assert title in str(app.screen.query(Static).first().content)
        await pilot.press("enter")
        await until(pilot, lambda: begun(folder))

    driven(folder, act)
    assert sorted(asked(folder)[0]) == names


def test_of_what_is_compared(folder):
    async def act(app, pilot):
        app.open_compare([CNN_2, ANN])
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and bool(app.screen._shown))
        await write(app, pilot, "elsewhere/it")
        await until(pilot, lambda: "drawing" in line(app))

    driven(folder, act)
    names, others = asked(folder)
    assert names == [CNN_2, ANN]
    assert str(folder / "elsewhere" / "it") in others


def test_no_is_no(folder):
    async def act(app, pilot):
        await pilot.press("W")
        app.set_marked([ANN])
        await pilot.press("W")
        await until(pilot, lambda: isinstance(app.screen, FolderDialog))
        await pilot.press("escape")
        assert isinstance(app.screen, ExperimentsScreen)
        assert app.deeds.reports.doing is None

    driven(folder, act)
    assert not begun(folder)


def test_nothing_to_report_is_said(tmp_path):
    project(tmp_path)

    async def act(app, pilot):
        await at(pilot, app, "lr")
        await pilot.press("W")
        assert any("no run yet" in words for words in told(app))
        assert isinstance(app.screen, ExperimentsScreen)

    driven(tmp_path, act)


def test_other_programs_runs_have_none(tmp_path):
    (tmp_path / "logs" / "one").mkdir(parents=True)
    write_events(tmp_path / "logs" / "one", "1", [version(), scalar(1)])

    async def act(app, pilot):
        app.set_marked(["one"])
        await pilot.press("W")
        assert any("other programs' runs" in words for words in told(app))

    driven(tmp_path, act)


def test_it_goes_on_in_other_modes_and_ends_when_asked(folder):
    async def act(app, pilot):
        app.set_marked([ANN])
        await write(app, pilot)
        await until(pilot, lambda: "drawing" in line(app))
        await pilot.press("4")
        await until(pilot, lambda: "ctrl+p ends it" in line(app))
        assert "End the report" in [command.title for command in palette_commands(app, app.screen)]
        await pilot.press("1")
        await until(pilot, lambda: "W ends it" in line(app))
        await pilot.press("W")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        assert "W ends it" in line(app)
        number = app.deeds.reports._number
        await pilot.press("W")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: line(app) == "")
        await until(pilot, lambda: not is_alive(folder))
        app.post_message(Reports.Heard(number, Step("drawing", 0.9)))  # was under way
        app.post_message(Reports.Heard(number, None, "killed"))
        await pilot.pause()
        assert (told(app), line(app)) == ([], "")
        assert "End the report" not in [command.title for command in palette_commands(app, app.screen)]

    driven(folder, act)


def test_leaving_ends_it(folder):
    async def act(app, pilot):
        app.set_marked([ANN])
        await write(app, pilot)
        await until(pilot, lambda: "drawing" in line(app))
        await pilot.press("q")

    driven(folder, act)
    wait(lambda: not is_alive(folder))
    assert not (folder / "report").exists()


def test_why_it_could_not_be_written_is_told(folder):
    (folder / "go").touch()

    async def act(app, pilot):
        app.set_marked([ANN])
        await write(app, pilot, "bad")
        await until(pilot, lambda: bool(told(app)))
        assert "can't be written" in told(app)[0]
        assert "Name another one." in told(app)[0]
        assert app.deeds.reports.doing is None
        await write(app, pilot, "good")
        await until(pilot, lambda: any("good/report.html" in words for words in told(app)))

    driven(folder, act)


def test_below_the_logs_nothing_is_written_where_that_is_forbidden(folder):
    async def act(app, pilot):
        app.set_marked([ANN])
        await write(app, pilot, "logs/report")
        await until(pilot, lambda: "outside" in str(app.screen.query_one("#report-words").content))
        assert isinstance(app.screen, FolderDialog)
        app.screen.query_one(Input).value = "report"
        await pilot.press("enter")
        await until(pilot, lambda: "drawing" in line(app))

    driven(folder, act, read_only=True)
    assert str(folder / "report") in asked(folder)[1]


def test_a_file_with_mistakes_is_not_given_on(folder):
    (folder / "experiments.toml").write_text("[experiments.lr\n")

    async def act(app, pilot):
        await until(pilot, lambda: bool(app.snapshot.config_error))
        app.set_marked([ANN])
        await write(app, pilot)
        await until(pilot, lambda: begun(folder))

    driven(folder, act)
    assert "--config" not in asked(folder)[1]


def test_a_real_one(tmp_path):
    project(tmp_path)
    keys = [trained(tmp_path / "logs", "lr", f"20261123-09150{seed}-k3f", seed=seed).key for seed in (1, 2)]

    async def act(app, pilot):
        app.set_marked(keys)
        await write(app, pilot)
        page = tmp_path / "report" / "report.html"
        for _ in range(6):  # it imports matplotlib, and draws
            with contextlib.suppress(AssertionError):
                await until(pilot, lambda: bool(told(app)))
                break
        assert told(app)[0].startswith("2 runs: report/report.html\n")
        assert all(key.partition("/")[2] in page.read_text() for key in keys)

    driven(tmp_path, act)
