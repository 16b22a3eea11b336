"""Has a dataset projected by a process of its own, and posts what that says."""

from __future__ import annotations

from textual.message import Message
from textual.widget import Widget

from fashiontui.analysis.project import Request
from fashiontui.analysis.projecting import Doing, Heard, Projecting
from fashiontui.errors import FashiontuiError


class DataProjection:
    """One request at a time: a new one ends the one before. A thread waits for the process; only it does."""

    class Progressed(Message):
        """Something is being done, or has come of it."""

        def __init__(self, number: int, heard: Heard) -> None:
            super().__init__()
            self.number = number
            self.heard = heard

    class Ended(Message):
        """The process is done; `problem` says why it could not be."""

        def __init__(self, number: int, problem: str = "") -> None:
            super().__init__()
            self.number = number
            self.problem = problem

    def __init__(self, owner: Widget) -> None:
        self._owner = owner
        self._processes: dict[int, Projecting] = {}  # by the number of their request
        self._number = 0  # of the request that counts; what is heard of others is of the past

    def is_current(self, number: int) -> bool:
        """Whether a message is about the newest request."""
        return number == self._number

    @property
    def is_running(self) -> bool:
        """Whether a process is at it."""
        return self._number in self._processes

    def start(self, request: Request) -> None:
        """Have this projected."""
        self.cancel()
        number = self._number
        self._owner.run_worker(
            lambda: self._run(number, request),
            name="projection",
            group="projection",
            thread=True,
            exit_on_error=True,
        )

    def cancel(self) -> None:
        """End what is under way."""
        self._number += 1
        for process in list(self._processes.values()):
            process.cancel()

    def _run(self, number: int, request: Request) -> None:
        """In a thread."""
        problem = ""
        try:
            with Projecting(request.model_dump_json()) as process:
                self._processes[number] = process
                if self.is_current(number):
                    for heard in process.heard():
                        self._owner.post_message(self.Progressed(number, heard))
        except FashiontuiError as error:
            problem = str(error)
        except OSError as error:
            problem = f"the projection could not be started: {error}"
        finally:
            self._processes.pop(number, None)
        self._owner.post_message(self.Ended(number, problem))


def words_of(doing: Doing) -> str:
    """`t-SNE 45 %`."""
    return doing.words if doing.done is None else f"{doing.words} {doing.done:.0%}"
