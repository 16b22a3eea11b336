"""Has a report written by a process of its own, and knows how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.message import Message

from fashiontui.analysis.reportwriting import ReportRequest, ReportWriting, Step, Written
from fashiontui.config.problems import printable
from fashiontui.errors import FashiontuiError
from fashiontui.tui.words import count, lines_of

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp

BEGINNING: Final = Step("starting", 0.0)
FOLDER: Final = "report"  # in the project's
TOLD_S: Final = 10.0  # where it lies is told; the report screen says it too
BAR: Final = 20


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is to be of."""

    names: tuple[str, ...]  # studies, or keys of runs; none: there is nothing to tell
    words: str  # `the study widths`; else why there is nothing


class Reports:
    """One report at a time. A thread waits for the process; it ends with the app."""

    class Heard(Message):
        """How far it is, what was written, or (None) that it has ended; `problem` says why it could not be written."""

        def __init__(self, number: int, heard: Step | Written | None, problem: str = "") -> None:
            super().__init__()
            self.number = number
            self.heard = heard
            self.problem = problem

    def __init__(self, app: FashionApp) -> None:
        self._app = app
        self._number = 0  # of the report that counts; what is heard of others is of the past
        self._processes: dict[int, ReportWriting] = {}
        self.doing: Step | None = None  # None: nothing is being written
        self.written: Written | None = None  # the last one

    def start(self, request: ReportRequest) -> None:
        """Have it written; what was under way ends."""
        self.cancel()
        number = self._number
        self.doing = BEGINNING
        self._app.run_worker(
            lambda: self._run(number, request),
            name="report",
            group="report",
            description="report",
            thread=True,
            exit_on_error=True,
        )
        self._app.post_message(self.Heard(number, BEGINNING))

    def cancel(self) -> None:
        """End what is under way; files that are there already stay."""
        self._number += 1
        self.doing = None
        for process in list(self._processes.values()):
            process.cancel()

    def take(self, event: Heard) -> None:
        """Something was heard: keep it, or tell it."""
        if event.number != self._number:
            return
        if isinstance(event.heard, Step):
            self.doing = event.heard
            return
        self.doing = None
        if isinstance(event.heard, Written):
            self.written = event.heard
            words = written_words(event.heard, self._app.options.project, self._app.options.host)
            self._app.notify(words, title="Report", timeout=TOLD_S, markup=False)
        elif event.problem:
            self._app.say(event.problem, "error")

    def _run(self, number: int, request: ReportRequest) -> None:
        """In a thread."""
        problem = ""
        try:
            with ReportWriting(request) as process:
                self._processes[number] = process
                if number == self._number:
                    for heard in process.heard():
                        self._app.post_message(self.Heard(number, heard))
        except FashiontuiError as error:
            problem = f"no report: {error}"
        except OSError as error:
            problem = f"the report could not be started: {error}"
        finally:
            self._processes.pop(number, None)
        self._app.post_message(self.Heard(number, None, problem))


def written_words(written: Written, project: Path, host: str) -> str:
    """Where it lies, and how it is opened."""
    page = written.page
    shown = page.relative_to(project) if page.is_relative_to(project) else page
    lines = [
        f"{count(written.runs, 'run')}: {printable(str(shown))}",
        f"5 reads it here; any browser opens it: {printable(page.as_uri())}",
        f"From another machine: scp {host}:{printable(str(page))} .",
        *(f"note: {note}" for note in written.notes),
    ]
    return lines_of("\n".join(lines))


def refusal(text: str, folder: Path, logs: Path, *, read_only: bool) -> str:
    """Why a report can't go there; empty where it can."""
    if not text.strip():
        return "Which folder?"
    if folder.exists() and not folder.is_dir():
        return "That is a file, not a folder."
    if read_only and folder.resolve().is_relative_to(logs.resolve()):
        return "Nothing is written below the logs here: name a folder outside."
    return ""


def unreadable(text: str, folder: Path) -> str:
    """Why no report can be read there; empty where one can be looked for."""
    if not text.strip():
        return "Which folder?"
    return "" if folder.is_dir() else "There is no such folder."


def progress_words(doing: Step, key: str, *, is_ascii: bool) -> str:
    """What is being done, how far it is, and which key ends it."""
    full = round(doing.done * BAR)
    signs = "#-" if is_ascii else "━─"
    return (
        f"report: {doing.words} {signs[0] * full}{signs[1] * (BAR - full)} {doing.done:.0%}   {key} ends it"
    )
