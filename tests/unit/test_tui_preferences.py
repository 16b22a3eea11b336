"""What the app remembers."""

from __future__ import annotations

import json
import os

import pytest

from fashiontui.tui.preferences import NAME, Preferences


def test_values_come_back(tmp_path):
    kept = Preferences.load(tmp_path)
    kept.put("app", "theme", "nord")
    kept.put("app", "marked", ["a/b"])
    kept.save()
    again = Preferences.load(tmp_path)
    assert again.get("app", "theme", "") == "nord"
    assert again.get("app", "marked", list[str]()) == ["a/b"]
    assert again.section("app") == {"theme": "nord", "marked": ["a/b"]}


def test_a_value_of_another_type_is_none(tmp_path):
    (tmp_path / NAME).write_text(json.dumps({"app": {"theme": 3, "on": 1}}))
    kept = Preferences.load(tmp_path)
    assert kept.get("app", "theme", "usual") == "usual"
    assert kept.get("app", "on", False) is False


@pytest.mark.parametrize("text", ["", "{", "[]", '{"app": 3}', "\x00", "null"])
def test_a_file_that_is_none_is_ignored(tmp_path, text):
    (tmp_path / NAME).write_text(text)
    assert Preferences.load(tmp_path).section("app") == {}


def test_nothing_is_written_where_nothing_has_changed(tmp_path):
    Preferences.load(tmp_path).save()
    assert list(tmp_path.iterdir()) == []


def test_no_folder_is_made_for_it(tmp_path):
    kept = Preferences.load(tmp_path / "logs")
    kept.put("app", "theme", "nord")
    kept.save()
    assert list(tmp_path.iterdir()) == []


def test_read_only_writes_nothing(tmp_path):
    kept = Preferences.load(tmp_path, read_only=True)
    kept.put("app", "theme", "nord")
    kept.save()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_can_not_be_written_is_let_be(tmp_path):
    kept = Preferences.load(tmp_path)
    kept.put("app", "theme", "nord")
    tmp_path.chmod(0o500)
    kept.save()
    tmp_path.chmod(0o700)
    assert list(tmp_path.iterdir()) == []
