"""Settings for a run that are not the file's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal, Vertical
from textual.widgets import Button, Input, Label, Static, TextArea

from fashiontui.errors import UsageError
from fashiontui.tui.actions.starting import Wish, planned
from fashiontui.tui.screens.room import Dialog
from fashiontui.tui.words import count, lines_of, setting

if TYPE_CHECKING:
    from fashiontui.config.load import Config
    from fashiontui.config.plan import PlannedRun

DEVICES: Final = "auto, cpu, cuda or cuda:N"
SHOWN: Final = 6  # settings that are told


class SettingsArea(TextArea):
    """Suggests how a key's path goes on, then what its value is now, or may be."""

    values: Mapping[str, tuple[str, ...]] = MappingProxyType({})  # of each path, the present one first

    def update_suggestion(self) -> None:
        """The rest of the first path, or value, that begins as what was typed does; `right` takes it."""
        row, column = self.cursor_location
        line = self.document.get_line(row)
        typed = line.lstrip()
        self.suggestion = self._rest(typed) if typed and column == len(line) else ""

    def _rest(self, typed: str) -> str:
        path, equals, value = typed.partition("=")
        if equals:
            value, fitting = value.lstrip(), self.values.get(path.rstrip(), ())
        else:
            value, fitting = typed, tuple(f"{each}=" for each in self.values)
        return next((each[len(value) :] for each in fitting if each.startswith(value)), "")


class StartDialog(Dialog["Wish | None"]):
    """Says at once what is wrong with what was typed, and what would be run. Gives a wish that can be carried out."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r,ctrl+enter", "run", "run", priority=True, id="start.run"),
        Binding("escape", "cancel", "cancel", priority=True, id="start.cancel"),
    ]

    def __init__(self, config: Config, wish: Wish) -> None:
        super().__init__()
        self._config = config
        self._first = wish
        self._wish: Wish | None = wish

    def compose_dialog(self) -> ComposeResult:
        """Settings, a line each; the usual ones by themselves; what would be run."""
        with Vertical(classes="dialog", id="start-dialog"):
            yield Static(
                f"Run {self._first.variant or self._first.name} with", classes="dialog-title", markup=False
            )
            yield Label(
                "settings, a KEY=VALUE a line: model.dropout=0.2 (right completes)",
                classes="dialog-hint",
            )
            yield SettingsArea(id="settings", compact=True, show_line_numbers=False, tab_behavior="focus")
            with Grid(id="start-fields"):
                yield Label("epochs")
                yield Input(id="epochs", type="integer", placeholder="as in the file", compact=True)
                yield Label("seeds")
                yield Input(id="seeds", type="integer", placeholder="as in the file", compact=True)
                yield Label("device")
                yield Input(id="device", placeholder=DEVICES, compact=True)
            yield Static(id="start-verdict", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Run (ctrl+r)", id="run", variant="primary", compact=True)
                yield Button("Cancel (esc)", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Say what would be run as it is."""
        self.query_one("#settings").focus()
        self._judge()

    @on(TextArea.Changed)
    @on(Input.Changed)
    def _judge(self) -> None:
        try:
            self._wish = self._read()
            runs = planned(self._config, self._wish)
        except (UsageError, ValueError) as error:
            self._wish = None
            self._say(lines_of(str(error)).replace("--set ", ""), is_wrong=True)
        else:
            self._say(_told(runs), is_wrong=False)
            self.query_one(SettingsArea).values = _values(runs)

    def _say(self, text: str, *, is_wrong: bool) -> None:
        verdict = self.query_one("#start-verdict", Static)
        verdict.update(text)
        verdict.set_class(is_wrong, "-wrong")
        self.query_one("#run", Button).disabled = is_wrong

    def _read(self) -> Wish:
        from fashiontui.config.overrides import parse_overrides  # noqa: PLC0415 - pydantic: seldom

        lines = [line.strip() for line in self.query_one(TextArea).text.splitlines()]
        return Wish(
            name=self._first.name,
            variant=self._first.variant,
            overrides=parse_overrides([line for line in lines if line and not line.startswith("#")]),
            epochs=self._number("epochs"),
            seeds=self._number("seeds"),
            device=_device(self.query_one("#device", Input).value.strip()),
        )

    def _number(self, name: str) -> int | None:
        text = self.query_one(f"#{name}", Input).value.strip()
        if not text:
            return None
        if not text.isdecimal() or int(text) < 1:
            raise UsageError(f"{name}: {text} is not a number from 1 upwards")
        return int(text)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button was pressed."""
        if event.button.id == "run":
            self.action_run()
        else:
            self.action_cancel()

    def action_run(self) -> None:
        """Run so, if it can be."""
        if self._wish is not None:
            self.dismiss(self._wish)

    def action_cancel(self) -> None:
        """Run nothing."""
        self.dismiss(None)


def _told(runs: tuple[PlannedRun, ...]) -> str:
    """`3 runs of cnn1; model.dropout 0.2`."""
    variant = runs[0].variant if runs else {}
    said = [f"{path} {setting(value)}" for path, value in variant.items()][:SHOWN]
    names = list(dict.fromkeys(run.experiment for run in runs))
    of = names[0] if len(names) == 1 else count(len(names), "experiment")
    return f"{count(len(runs), 'run')} of {of}" + (f"; {', '.join(said)}" if said else "")


def _values(runs: tuple[PlannedRun, ...]) -> dict[str, tuple[str, ...]]:
    """Of all settings that such runs have: what the first has now, where that can be written, and what else there is."""
    from fashiontui.config.schema import choices, key_paths  # noqa: PLC0415 - pydantic: seldom
    from fashiontui.config.settings import flatten  # noqa: PLC0415 - as above

    found: dict[str, tuple[str, ...]] = {}
    kinds = dict.fromkeys(run.spec.model.kind for run in runs)
    for kind in kinds:
        present = flatten(next(run.spec for run in runs if run.spec.model.kind == kind))
        for path in key_paths(kind):
            words = (*_written(present.get(path)), *choices(path, kind))
            found.setdefault(path, tuple(dict.fromkeys(words)))
    found["dataset"] = found["dataset.name"]  # as it is written for short
    return found


def _written(value: object) -> tuple[str, ...]:
    """As a person would write it; nothing where there is none."""
    if value is None or value == {}:
        return ()
    return (value,) if isinstance(value, str) else (json.dumps(value),)


def _device(text: str) -> str | None:
    is_known = text in ("", "auto", "cpu", "cuda") or (text.startswith("cuda:") and text[5:].isdecimal())
    if not is_known:
        raise UsageError(f"device: {text} is none; there are {DEVICES}")
    from fashiontui.supervisor.slots import count_gpus  # noqa: PLC0415 - seldom

    gpus = count_gpus()
    if text.startswith("cuda") and int(text.partition(":")[2] or 0) >= gpus:
        there = (
            f"this machine has {count(gpus, 'GPU')}" if gpus else "no GPU is known to this machine's driver"
        )
        raise UsageError(f"device: {text} is not here: {there}")
    return text or None
