"""What the app does besides showing: things to runs, in threads; an editor, TensorBoard."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from fashiontui.errors import DataMissingError, FashiontuiError
from fashiontui.tui.actions.outcome import Outcome
from fashiontui.tui.actions.starting import Wish, planned, start
from fashiontui.tui.editing import edit_config
from fashiontui.tui.reporting import Reports
from fashiontui.tui.tensorboard import TensorBoard

if TYPE_CHECKING:
    from fashiontui.config.plan import PlannedRun
    from fashiontui.supervisor.placing import Site
    from fashiontui.tui.app import FashionApp


class Deeds:
    """Hands of the app. What came of something comes back as `Acted`."""

    class Acted(Message):
        """Something was done to runs, or could not be."""

        def __init__(self, outcome: Outcome) -> None:
            super().__init__()
            self.outcome = outcome

    def __init__(self, app: FashionApp) -> None:
        self._app = app
        self._board = TensorBoard(app.options.logs, app.options.host)
        self.reports = Reports(app)

    def close(self) -> None:
        """End what would outlive the app."""
        self._board.stop()
        self.reports.cancel()

    def act(self, action: str, keys: Sequence[str]) -> None:
        """Have something done to runs: stop, kill, pause, resume, rerun, delete, earlier, later."""
        from fashiontui.tui.actions.doing import do  # noqa: PLC0415 - pydantic: not before the first paint

        site, chosen = self._site(), tuple(keys)
        self._work(lambda: do(action, chosen, site, time.time()))

    def planned(self, wish: Wish) -> tuple[PlannedRun, ...] | None:
        """The runs a wish stands for; None, and said why, where there are none."""
        config = self._app.snapshot.config
        if config is None:
            self._app.say("there is no experiments file without mistakes", "error")
            return None
        try:
            return planned(config, wish)
        except FashiontuiError as error:
            self._app.say(str(error), "error")
            return None

    def start(self, wish: Wish) -> None:
        """Have new runs made and queued."""
        config, site = self._app.snapshot.config, self._site()
        if config is not None:
            self._work(lambda: start(config, wish, site))

    def hold(self, *, held: bool) -> None:
        """Have the queue held, or released."""
        from fashiontui.tui.actions.holding import hold  # noqa: PLC0415 - pydantic: not before the first paint

        logs = self._app.options.logs
        self._work(lambda: hold(logs, held=held))

    def edit_config(self, where: str) -> None:
        """Have the experiments file edited, from a key path on, with the terminal to the editor alone."""
        edit_config(self._app, where)
        self._app.nudge()

    def open_tensorboard(self) -> None:
        """Start TensorBoard, and say where it is."""
        from fashiontui.tui.screens.board import Board  # noqa: PLC0415 - seldom

        try:
            address = self._board.start()
        except (FashiontuiError, OSError) as error:
            self._app.say(str(error), "error")
            return
        self._app.push_screen(Board(address), lambda is_over: self._board.stop() if is_over else None)

    def _site(self) -> Site:
        """Where runs are made."""
        from fashiontui.supervisor.placing import Site  # noqa: PLC0415 - pydantic: not before the first paint

        options = self._app.options
        return Site(options.logs, options.project, options.data_folders, options.argv)

    def _work(self, deed: Callable[[], Outcome]) -> None:
        """Do something in a thread."""

        def work() -> None:
            try:
                outcome = deed()
            except DataMissingError as error:
                outcome = Outcome(failed=_in_short(error))
            except FashiontuiError as error:
                outcome = Outcome(failed=str(error))
            except OSError as error:
                outcome = Outcome(failed=f"{error.filename}: {error.strerror}")
            self._app.post_message(self.Acted(outcome))

        self._app.run_worker(work, group="deeds", description="deed", exit_on_error=True, thread=True)


def _in_short(error: DataMissingError) -> str:
    """What is missing, and the shortest way to get it; the screen of data tells the rest, which is long."""
    ways = (line.strip() for line in error.hint.splitlines())
    fetch = next((way for way in ways if way.startswith("fashiontui data fetch")), "")
    missing = error.message.partition(". ")[0]
    return f"{missing}: `{fetch}` gets it. 4, Data, tells other ways." if fetch else str(error)
