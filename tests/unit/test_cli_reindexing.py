from __future__ import annotations

import io

import pytest
from support.fakes import make_run
from support.nobody import public_folder, reading_only
from support.registry import opened

from fashiontui.cli.reindexing import reindex
from fashiontui.errors import RunError
from fashiontui.runs.state import RunState


class Terminal(io.StringIO):
    def isatty(self):
        return True


def made_anew(logs, err=None):
    out, err = io.StringIO(), err or io.StringIO()
    reindex(logs, out, err)
    return out.getvalue(), err.getvalue()


def test_everything_is_read_and_what_can_not_be_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    logs = tmp_path / "logs"
    make_run(logs, "lr", "a", state=RunState.FINISHED)
    damaged = make_run(logs, "lr", "\x1b[2Jb").record
    damaged.write_text("{")
    out, err = made_anew(logs)
    assert out == "1 run in logs\n"
    assert "is not a run record" in err
    assert "\x1b" not in err
    with opened(logs) as registry:
        assert [entry.key for entry in registry.entries()] == ["lr/a"]


def test_what_was_changed_by_hand_is_known_again(tmp_path):
    paths = make_run(tmp_path, "lr", "a", state=RunState.FINISHED)
    with opened(tmp_path) as registry:
        text = paths.record.read_text().replace('"seed": 1', '"seed": 77')
        paths.record.write_text(text)
        assert registry.entry("lr/a").facts["seed"] == 1
    made_anew(tmp_path)
    with opened(tmp_path) as registry:
        assert registry.entry("lr/a").facts["seed"] == 77


def test_a_terminal_gets_a_bar(tmp_path):
    make_run(tmp_path, "lr", "a", state=RunState.FINISHED)
    assert "reading run folders" in made_anew(tmp_path, Terminal())[1]


def test_no_folder_and_one_that_can_not_be_written(tmp_path):
    with pytest.raises(RunError, match="there is no folder"):
        made_anew(tmp_path / "nowhere")
    with public_folder() as folder, reading_only(folder), pytest.raises(RunError, match="read only"):
        made_anew(folder)
