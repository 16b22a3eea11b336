"""The key that has a report written, or ends the one that is being written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from textual.binding import Binding

from fashiontui.analysis.reportwriting import ReportRequest
from fashiontui.tui.picking import Picked
from fashiontui.tui.project import FOREIGN, ProjectSnapshot
from fashiontui.tui.reporting import FOLDER, Subject, refusal
from fashiontui.tui.screens.base import ProjectScreen
from fashiontui.tui.screens.confirm import Confirm
from fashiontui.tui.words import count, named_key, no_run

KEY: Final = Binding("W", "report", "report", show=False, tooltip="Write a report", id="report.write")
WORDS: Final = (
    "One HTML page that opens anywhere, Markdown, figures, and a table of the runs.\n"
    "A report that is there already goes on: its runs stay.\n\n"
    "enter write   esc cancel"
)
NOT_OURS: Final = "other programs' runs have no report"
NOTHING: Final = "there is nothing to report: mark runs with space"


class ReportKeys(ProjectScreen):
    """`to_report` says what it would be of. Screens put the `KEY` among theirs."""

    def to_report(self) -> Subject:
        """The runs that are meant."""
        raise NotImplementedError

    def key_words(self, action: str) -> str | None:
        """Other programs' runs have no report."""
        is_none = action == "report" and self.fashion.snapshot.foreign
        return "" if is_none else super().key_words(action)

    def action_report(self) -> None:
        """Ask where to, and have it written; while one is being written, ask whether to end it."""
        reports, subject = self.fashion.deeds.reports, self.to_report()
        if reports.doing is not None:
            question = Confirm("End the report?", "What is written of it already stays.", "End it")
            self.app.push_screen(question, lambda yes: self.fashion.end_report() if yes else None)
        elif not subject.names:
            self.fashion.say(subject.words, "warning")
        else:
            self._ask_where(subject)

    def _ask_where(self, subject: Subject) -> None:
        from fashiontui.tui.screens.folderdialog import FolderDialog  # noqa: PLC0415 - seldom

        app, logs = self.fashion, self.fashion.options.logs
        dialog = FolderDialog(
            f"Write a report of {subject.words} to the folder",
            WORDS,
            app.options.project,
            FOLDER,
            lambda text, folder: refusal(text, folder, logs, read_only=app.read_only),
        )
        self.app.push_screen(dialog, lambda folder: self._write(subject, folder) if folder else None)

    def _write(self, subject: Subject, folder: Path) -> None:
        app = self.fashion
        options, is_sound = app.options, app.snapshot.config is not None and not app.snapshot.config_error
        config = options.config if is_sound and options.config.is_file() else None
        app.deeds.reports.start(ReportRequest(subject.names, folder, options.logs, options.project, config))


def subject_of_runs(keys: Sequence[str], snapshot: ProjectSnapshot, which: str) -> Subject:
    """Of some runs, as far as they are ours and still there; `which` is put before `runs`."""
    entries = [entry for entry in map(snapshot.by_key, keys) if entry is not None]
    own = tuple(entry.key for entry in entries if not entry.facts.get(FOREIGN))
    if not own:
        return Subject((), NOT_OURS if entries else NOTHING)
    return Subject(own, named_key(own[0]) if len(own) == 1 else f"{len(own)} {which}".strip() + " runs")


def subject_of_picked(picked: Picked, marked: Sequence[str], snapshot: ProjectSnapshot) -> Subject:
    """Of what is marked; else of the study, the experiment or the run under the cursor."""
    if marked:
        return subject_of_runs(marked, snapshot, "marked")
    if picked.study is not None and picked.member is None:
        return Subject((picked.study.name,), f"the study {picked.study.name}")
    if not picked.runs:
        return Subject((), no_run(snapshot) if picked.member or picked.wish else NOTHING)
    found = subject_of_runs([run.key for run in picked.runs], snapshot, "")
    if not picked.is_experiment or not found.names:
        return found
    runs = count(len(found.names), "run")
    return Subject(found.names, f"{runs} of {picked.runs[0].experiment}")
