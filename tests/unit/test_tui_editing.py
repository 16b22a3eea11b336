"""How editors are told a line."""

from __future__ import annotations

import pytest

from fashiontui.tui.editing import at_line


@pytest.mark.parametrize(
    ("editor", "line", "expected"),
    [
        ("vi", 12, ("+12", "e.toml")),
        ("/usr/bin/nano", 12, ("+12", "e.toml")),
        ("hx", 12, ("e.toml:12",)),
        ("code", 12, ("--goto", "e.toml:12")),
        ("ed", 12, ("e.toml",)),
        ("vi", None, ("e.toml",)),
    ],
)
def test_an_editor_is_told_the_line_as_it_wants_it(editor, line, expected):
    assert at_line(editor, "e.toml", line) == expected
