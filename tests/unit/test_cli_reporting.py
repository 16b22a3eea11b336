from __future__ import annotations

import json

import pytest

from fashiontui.cli.reporting import reporting
from fashiontui.errors import DataMissingError
from fashiontui.headless import streams


def test_words_on_stderr_and_a_code(capsys):
    with pytest.raises(SystemExit) as caught, reporting():
        raise DataMissingError("no \x1b[31mdata", "Get [some].")
    assert caught.value.code == 4
    captured = capsys.readouterr()
    assert captured.err == "error: no [31mdata\nGet [some].\n"
    assert captured.out == ""


def test_an_object_on_stdout_for_scripts(capsys):
    with pytest.raises(SystemExit), reporting(as_json=True):
        raise DataMissingError("no data", "Get some.")
    assert json.loads(capsys.readouterr().out) == {
        "event": "error",
        "kind": "DataMissingError",
        "message": "no data",
        "hint": "Get some.",
        "exit_code": 4,
    }


def test_what_the_system_refuses_is_told_in_words(tmp_path, capsys):
    with pytest.raises(SystemExit) as caught, reporting():
        (tmp_path / "nowhere" / "file").write_text("")
    assert caught.value.code == 1
    assert "No such file" in capsys.readouterr().err


def test_our_own_mistakes_pass_through():
    with pytest.raises(ZeroDivisionError), reporting():
        _ = 1 / 0


@pytest.fixture
def silenced(monkeypatch):
    """That stdout was pointed at nothing; the tests' own stays as it is."""
    seen = []
    monkeypatch.setattr(streams, "write_no_more", seen.append)
    return seen


def test_a_closed_pipe_is_no_failure(silenced):
    with pytest.raises(SystemExit) as caught, reporting():
        raise BrokenPipeError(32, "Broken pipe", "stdout")
    assert (caught.value.code, len(silenced)) == (0, 1)


def test_a_full_disk_behind_standard_output_is_told(silenced, capsys):
    with pytest.raises(SystemExit) as caught, reporting():
        raise OSError(28, "No space left on device")
    assert (caught.value.code, len(silenced)) == (1, 1)
    assert capsys.readouterr().err == "error: standard output: No space left on device\n"


def test_a_mistake_of_ours_is_not_taken_for_a_full_disk():
    with pytest.raises(OSError, match="Bad file"), reporting():
        raise OSError(9, "Bad file descriptor")
