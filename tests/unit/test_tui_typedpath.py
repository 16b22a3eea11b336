from __future__ import annotations

import pytest

from fashiontui.tui.typedpath import typed_path


def test_below_the_folder_or_where_it_says(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/of/somebody")
    assert typed_path(" a/b.csv ", tmp_path) == (tmp_path / "a/b.csv", "")
    assert typed_path("/c.csv", tmp_path)[0].as_posix() == "/c.csv"
    assert typed_path("~/d.csv", tmp_path)[0].as_posix() == "/home/of/somebody/d.csv"
    assert typed_path("", tmp_path) == (tmp_path, "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("~nobody-at-all/x.csv", "Nobody's home is ~nobody-at-all."),
        ("n" * 300 + ".csv", "File name too long."),
        ("circle/x.csv", "Links lead in a circle there."),
        ("a\0b.csv", "That is no path: embedded null byte."),
    ],
)
def test_what_is_none_says_why(text, problem, tmp_path):
    (tmp_path / "circle").symlink_to("circle")
    assert typed_path(text, tmp_path)[1] == problem
