"""The app: modes, what screens share, and what happens to all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.driver import Driver
from textual.events import Event, Key
from textual.filter import LineFilter
from textual.message import Message
from textual.screen import Screen

from fashiontui.tui import calm
from fashiontui.tui.asciionly import AsciiOnly
from fashiontui.tui.deeds import Deeds
from fashiontui.tui.feed import ProjectFeed
from fashiontui.tui.leaving import listen, stop_listening
from fashiontui.tui.legible import legible
from fashiontui.tui.looks import Looks
from fashiontui.tui.memory import Memory
from fashiontui.tui.modes import MODES, load_all
from fashiontui.tui.news import Severity, news_of
from fashiontui.tui.options import AppOptions, Charset
from fashiontui.tui.palette import palette_commands
from fashiontui.tui.preferences import Preferences
from fashiontui.tui.project import ProjectSnapshot
from fashiontui.tui.reporting import Reports
from fashiontui.tui.screens.base import ProjectScreen
from fashiontui.tui.screens.room import TOO_SMALL
from fashiontui.tui.thrift import thrifty
from fashiontui.tui.typeahead import TypeAhead, Typed
from fashiontui.tui.widgets.topbar import TopBar
from fashiontui.tui.words import lines_of

IDLE_S: Final = 0.5  # after the start: the first screen has been drawn
LEADING_AWAY: Final = frozenset({"leave", "back", "cancel", "close", "dismiss", "answer(False)", "quit"})
SETTLED_S: Final = 2.0  # after a mode is first shown, it stands


class FashionApp(App[None]):
    """Watches a project, and shows it in one of five modes."""

    TITLE = "fashiontui"
    CSS_PATH = "app.tcss"
    MODES = MODES
    DEFAULT_MODE = "experiments"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "mode('experiments')", "Experiments", show=False, id="app.experiments"),
        Binding("2", "mode('run')", "Run", show=False, id="app.run"),
        Binding("3", "mode('compare')", "Compare", show=False, id="app.compare"),
        Binding("4", "mode('data')", "Data", show=False, id="app.data"),
        Binding("5", "mode('report')", "Report", show=False, id="app.report"),
        Binding("escape", "back", "back", show=False, id="app.back"),
        Binding(
            "t", "tensorboard", "TensorBoard", tooltip="Open TensorBoard on these runs", id="app.tensorboard"
        ),
        Binding("question_mark,f1", "help", "help", tooltip="List the keys that work here", id="app.help"),
        Binding("q", "leave", "leave", tooltip="Leave; runs go on", id="app.leave"),
    ]

    class SnapshotChanged(Message):
        """There is something new in the project."""

        def __init__(self, snapshot: ProjectSnapshot) -> None:
            super().__init__()
            self.snapshot = snapshot

    class MarksChanged(Message):
        """Other runs are marked; `keys` in the order of marking."""

        def __init__(self, keys: tuple[str, ...]) -> None:
            super().__init__()
            self.keys = keys

    class RunOpened(Message):
        """The run screen is to show this run."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class CompareOpened(Message):
        """The compare screen is to show these runs."""

        def __init__(self, keys: tuple[str, ...]) -> None:
            super().__init__()
            self.keys = keys

    class Warned(Message):
        """There is something to be warned of."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class ReportChanged(Message):
        """A report has got on, or ended."""

    class SnapshotRead(Message):
        """The feed has looked; comes from its thread."""

        def __init__(self, snapshot: ProjectSnapshot) -> None:
            super().__init__()
            self.snapshot = snapshot

    def __init__(self, options: AppOptions) -> None:
        super().__init__()
        self.options = options
        self.preferences = Preferences.load(options.logs, read_only=options.read_only)
        self.looks = Looks(self.preferences)
        self.snapshot = ProjectSnapshot(options.logs, options.config, read_only=options.read_only)
        self.marked: list[str] = []
        self.run_key: str | None = None
        self.compare_keys: tuple[str, ...] = ()
        self.animation_level = "none"  # nothing moves but what is measured
        self._ascii_only = [AsciiOnly()] if options.charset == "ascii" else []
        self._memory = Memory(self)
        self._modes_before: list[str] = []
        self._settled: set[str] = set()  # modes
        self._typeahead = TypeAhead(self, self._press)
        self.deeds = Deeds(self)
        self._feed = ProjectFeed(
            options, lambda snapshot: self.post_message(self.SnapshotRead(snapshot)), self._warn
        )

    def get_driver_class(self) -> type[Driver]:
        """Textual's, writing less."""
        return thrifty(super().get_driver_class())

    async def on_event(self, event: Event) -> None:
        """Keys in their turn."""
        if not isinstance(event, Typed) or event.is_forwarded:
            await super().on_event(event)
        elif not self._is_blind(event) and not self._typeahead.keeps(event):
            await self._press(event)

    def _is_blind(self, event: Typed) -> bool:
        """Whether nobody could see what it does, for want of room, and it does not lead away."""
        if not self.screen_stack or not self.screen.has_class(TOO_SMALL):
            return False
        active = self.screen.active_bindings.get(event.key) if isinstance(event, Key) else None
        return active is None or active.binding.action not in LEADING_AWAY

    async def _press(self, event: Typed) -> None:
        target = self.focused or self.screen
        await super().on_event(event)
        self._typeahead.follow(event, target)

    def on_type_ahead_followed(self, event: TypeAhead.Followed) -> None:
        """A key has been handled."""
        self._typeahead.take(event)

    @property
    def charset(self) -> Charset:
        """What charts and bars are drawn with."""
        return self.options.charset

    @property
    def low_bandwidth(self) -> bool:
        """Whether the terminal is at the end of a slow line."""
        return self.options.low_bandwidth

    def get_css_variables(self) -> dict[str, str]:
        """The theme's, with words that can be read."""
        return legible(super().get_css_variables())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line goes through before it is drawn."""
        return [*super().get_line_filters(), *self._ascii_only]

    @property
    def read_only(self) -> bool:
        """Whether nothing can be changed here."""
        return self.snapshot.read_only

    def on_mount(self) -> None:
        """Look at the project once something is on the screen."""
        self._memory.recall_look()
        listen(self)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.run_worker(self._feed.run, group="feed", exit_on_error=True, thread=True)
        self._memory.recall_places()
        self._settle_soon(self.current_mode)
        if self.options.owns_process:
            self.set_timer(
                IDLE_S, lambda: self.run_worker(self._load, group="modes", exit_on_error=True, thread=True)
            )

    def _load(self) -> None:
        """All screens, and what their keys are called."""
        load_all()
        if self.options.keys:
            from fashiontui.tui.keytable import clashes, unknown_ids  # noqa: PLC0415 - imports this module

            for words in (*unknown_ids(self.options.keys), *clashes(self.options.keys)):
                self.say(words, "warning")

    def _settle_soon(self, mode: str) -> None:
        """Once a mode stands that was not shown before."""
        if self.options.owns_process and mode not in self._settled:
            self._settled.add(mode)
            self.set_timer(SETTLED_S, calm.settle)

    def on_unmount(self) -> None:
        """Look no more."""
        stop_listening()
        self.let_go()

    def let_go(self) -> None:
        """Give up all that would outlive the app, and remember how it looked; may be called twice."""
        self._feed.stop()
        self.deeds.close()
        self._memory.keep()

    def nudge(self) -> None:
        """Look at the project at once: something was just done."""
        self._feed.nudge()

    # Telling.

    def say(self, text: str, severity: Severity = "information") -> None:
        """Tell the user something, from any thread; what is in it may come from a file."""
        if severity == "warning":
            self.post_message(self.Warned(lines_of(text)))
        else:
            self.notify(lines_of(text), severity=severity, markup=False)

    def on_fashion_app_warned(self, event: Warned) -> None:
        """A warning that stands is not put up again."""
        if all(note.message != event.words for note in self._notifications):
            self.notify(event.words, severity="warning", markup=False)

    def _warn(self, text: str) -> None:
        self.say(text, "warning")

    def on_fashion_app_snapshot_read(self, event: SnapshotRead) -> None:
        """Have the screen that is seen show it."""
        before, self.snapshot = self.snapshot, event.snapshot
        for news in news_of(before, event.snapshot):
            self.say(news.words, news.severity)
            if news.rings:
                self.bell()
        if before.read_only is not event.snapshot.read_only:
            self.refresh_bindings()
        self._tell(self.SnapshotChanged(event.snapshot))
        self._unmark_gone()

    def _unmark_gone(self) -> None:
        """Runs that are gone are not marked any more: nobody could unmark them. Where all are, the folder may be away."""
        there = [key for key in self.marked if self.snapshot.by_key(key) is not None]
        if self.snapshot.entries and there != self.marked:
            self.set_marked(there)

    def _tell(self, message: Message) -> None:
        """Post to the present mode's own screen, which a dialog may cover."""
        bases = self.screen_stack[:1]  # none any more while the app is being closed
        if bases and isinstance(bases[0], ProjectScreen):
            bases[0].post_message(message)

    # Going places.

    def on_top_bar_mode_chosen(self, event: TopBar.ModeChosen) -> None:
        """A mode's name was clicked."""
        self.action_mode(event.mode)

    def action_mode(self, mode: str) -> None:
        """Show a mode; `back` leads to the one before."""
        if mode != self.current_mode:
            self._modes_before.append(self.current_mode)
            self.switch_mode(mode)
            self._settle_soon(mode)

    async def action_back(self) -> None:
        """Show the mode before."""
        if self._modes_before:
            await self.switch_mode(self._modes_before.pop())

    def open_run(self, key: str) -> None:
        """Show a run."""
        self.run_key = key
        self.action_mode("run")
        self._tell(self.RunOpened(key))

    def open_compare(self, keys: Sequence[str]) -> None:
        """Show runs side by side."""
        self.compare_keys = tuple(keys)
        self.action_mode("compare")
        self._tell(self.CompareOpened(self.compare_keys))

    def set_marked(self, keys: Sequence[str]) -> None:
        """Mark these runs and no others."""
        self.marked = list(keys)
        self._tell(self.MarksChanged(tuple(keys)))

    def action_help(self) -> None:
        """List the keys of this screen."""
        from fashiontui.tui.screens.help import Help, keys_of  # noqa: PLC0415 - when it is first asked for

        if len(self.screen_stack) == 1:
            self.push_screen(Help(keys_of(self.screen)))

    def action_help_quit(self) -> None:
        """Ctrl-C ends nothing here, where it may have been meant for a copy."""
        bindings = (active.binding for active in self.screen.active_bindings.values())
        leave = next((binding for binding in bindings if binding.action == "leave"), None)
        if leave is not None:
            self.say(f"`{leave.key_display or leave.key}` leaves; runs go on")

    def action_leave(self) -> None:
        """End the app; runs go on."""
        self.exit()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        return palette_commands(self, screen)

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Say once that two keys of the settings are the same."""
        self._memory.tell_clash(clashed_bindings, node)

    # Doing things.

    def act(self, action: str, keys: Sequence[str]) -> None:
        """Have something done to runs: stop, kill, pause, resume, rerun, delete, earlier, later."""
        self.deeds.act(action, keys)

    def on_deeds_acted(self, event: Deeds.Acted) -> None:
        """Tell what came of it, and look at once."""
        if event.outcome.done:
            self.say(event.outcome.done)
        if event.outcome.failed:
            self.say(event.outcome.failed, "error")
        self.nudge()

    def action_tensorboard(self) -> None:
        """Start TensorBoard, and say where it is."""
        self.deeds.open_tensorboard()

    def on_reports_heard(self, event: Reports.Heard) -> None:
        """Show how far a report is, or tell where it lies."""
        self.deeds.reports.take(event)
        self._tell(self.ReportChanged())

    def end_report(self) -> None:
        """Write it no further."""
        self.deeds.reports.cancel()
        self._tell(self.ReportChanged())

    def save_picture(self) -> None:
        """Write what is on the screen to an SVG file, here."""
        from fashiontui.tui.exporting import FOLDER  # noqa: PLC0415 - seldom

        folder = self.options.project / FOLDER
        try:
            folder.mkdir(exist_ok=True)
            path = self.save_screenshot(path=str(folder))
        except OSError as error:
            self.say(f"{error.filename}: {error.strerror}", "error")
        else:
            self.say(f"written: {path}")
