"""The key tables: every binding of the app stands in them once, and docs/keys.md has the newest."""

from __future__ import annotations

import importlib
import io
import pkgutil
from pathlib import Path

from textual.binding import Binding
from textual.dom import DOMNode

import fashiontui.tui
from fashiontui.cli import keys
from fashiontui.tui.keytable import DIALOGS, PLACES, clashes, key_table, markdown, unknown_ids
from fashiontui.tui.screens.help import KeyHelp

PAGE = Path(__file__).parents[2] / "docs" / "keys.md"
# say their own keys on their last line


def all_ids():
    """The ids of the bindings of every class there is in the app."""
    for module in pkgutil.walk_packages(fashiontui.tui.__path__, "fashiontui.tui."):
        for thing in vars(importlib.import_module(module.name)).values():
            if (
                isinstance(thing, type)
                and issubclass(thing, DOMNode)
                and thing.__module__.startswith("fashiontui")
            ):
                yield from (b.id for b in vars(thing).get("BINDINGS", ()) if isinstance(b, Binding))


def test_every_binding_of_the_app_is_told_once():
    told = [row.id for row in key_table()]
    assert len(told) == len(set(told)) > 100
    assert set(told) == {name for name in all_ids() if name and name.partition(".")[0] not in DIALOGS}
    assert None not in set(all_ids())


def test_the_command_lists_keys_as_the_user_has_them(monkeypatch):
    monkeypatch.setattr(keys, "user_settings", lambda: {"keys": {"chart": {"log": "ctrl+l,f5"}}})
    out = io.StringIO()
    keys.run_keys(out, as_markdown=False)
    (line,) = [line for line in out.getvalue().splitlines() if line.endswith(" chart.log")]
    assert line.split()[:2] == ["ctrl+l", "f5"]
    out = io.StringIO()
    keys.run_keys(out, as_markdown=True)
    assert "f5" not in out.getvalue()


def test_names_of_no_key_are_told_with_the_nearest():
    assert unknown_ids(["app.leave", "confirm.yes"]) == []
    assert unknown_ids(["chart.lgo", "\x1b"]) == [
        "settings.toml: keys: there is no `chart.lgo`; did you mean `chart.log`?",
        "settings.toml: keys: there is no `\\x1b`",
    ]


def test_keys_that_settings_give_twice_are_told():
    assert clashes({"experiments.run": "R", "chart.log": "f5"}) == [
        "settings.toml: keys: `experiments.run` and `experiments.run-study` both have `R`: only one of them works"
    ]
    assert clashes({"experiments.run": "R", "experiments.run-study": "f6"}) == []
    assert len(clashes({"experiments.run": "x,f9", "experiments.edit": "f9"})) == 1
    assert clashes({}) == []


def test_no_key_goes_without_words():
    assert [row for row in key_table() if not row.words or not row.keys] == []


def test_the_page_has_the_newest():
    shown = PAGE.read_text().partition("<!-- keys -->\n")[2].partition("<!-- /keys -->")[0]
    assert shown.strip() == markdown(key_table())


def test_markdown_of_a_table_known():
    rows = [KeyHelp("Charts", ("x", "|"), "x-axis", "chart.x"), KeyHelp("Data", ("d",), "next", "data.next")]
    assert markdown(rows) == (
        "| Charts | | id |\n|---|---|---|\n| `x` `\\|` | x-axis | `chart.x` |\n\n"
        "| Data | | id |\n|---|---|---|\n| `d` | next | `data.next` |"
    )


def test_places_hold_classes_with_keys():
    for where, classes in PLACES:
        assert where
        assert classes
