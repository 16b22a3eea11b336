"""Hearing and ending the process that writes a report."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fashiontui.analysis.reportwriting import ReportRequest, ReportWriting, Step, Written, arguments, step_in
from fashiontui.errors import RunError
from fashiontui.tui.reporting import progress_words, refusal, written_words


@pytest.fixture
def request_(tmp_path):
    return ReportRequest(("cnn1/a", "-odd/b"), tmp_path / "report", tmp_path / "logs", tmp_path)


def program(text):
    return (sys.executable, "-c", text)


def heard(request, text):
    with ReportWriting(request, program(text)) as process:
        return list(process.heard())


def test_names_can_look_like_options(request_, tmp_path):
    assert arguments(request_)[-3:] == ["--", "cnn1/a", "-odd/b"]
    assert "--config" not in arguments(request_)
    config = tmp_path / "experiments.toml"
    named = ReportRequest((), tmp_path, tmp_path, tmp_path, config)
    assert arguments(named)[arguments(named).index("--config") + 1] == str(config)


def test_progress_is_understood():
    assert step_in("reading runs: 1 of 2\n") == Step("reading runs", 0.5)
    assert step_in("drawing: 0 of 0") == Step("drawing", 0.0)
    assert step_in("note: 3 of these: odd") is None


def test_steps_then_where_it_lies(request_):
    said = '{"report": "/r/report.html", "runs": 3, "files": [], "notes": ["odd"]}'
    text = f"import sys; print('drawing: 5 of 10', file=sys.stderr); print('hm', file=sys.stderr); print({said!r})"
    assert heard(request_, text) == [Step("drawing", 0.5), Written(Path("/r/report.html"), 3, ("odd",))]


def test_it_runs_in_the_project(request_, tmp_path):
    text = "import os, json; print(json.dumps({'report': os.getcwd(), 'runs': 0, 'notes': []}))"
    (written,) = heard(request_, text)
    assert written.page == tmp_path.resolve()


def test_its_error_is_told(request_):
    said = '{"event": "error", "message": "there are no runs", "hint": "Make some."}'
    with pytest.raises(RunError, match="there are no runs") as raised:
        heard(request_, f"import sys; print({said!r}); sys.exit(2)")
    assert raised.value.hint == "Make some."


def test_an_end_without_a_result_is_told_by_its_last_words(request_):
    with pytest.raises(RunError, match="without a result") as raised:
        heard(request_, "raise SystemError('no such thing')")
    assert "no such thing" in raised.value.hint


def test_no_result_is_no_success(request_):
    with pytest.raises(RunError, match="without a result"):
        heard(request_, "print('[1]')")


def test_cancelled_it_ends_and_says_nothing(request_):
    text = "import sys, time; print('drawing: 1 of 2', file=sys.stderr, flush=True); time.sleep(1000)"
    found = []
    with ReportWriting(request_, program(text)) as process:
        for each in process.heard():
            found.append(each)
            process.cancel()
    assert found == [Step("drawing", 0.5)]


def test_where_it_may_go(tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(logs)
    for text, read_only, refused in (
        ("report", True, ""),
        ("report", False, ""),
        ("logs/report", False, ""),
        ("logs/report", True, "outside"),
        ("link/report", True, "outside"),
        ("logs", True, "outside"),
        ("file", False, "a file"),
        (" ", False, "Which folder"),
    ):
        said = refusal(text, tmp_path / text.strip(), logs, read_only=read_only)
        assert (refused in said) if refused else said == "", text


def test_where_it_lies_and_how_it_is_opened(tmp_path):
    words = written_words(Written(tmp_path / "report" / "report.html", 2, ("a note",)), tmp_path, "box")
    assert words.startswith("2 runs: report/report.html\n")
    assert f"file://{tmp_path}/report/report.html" in words
    assert f"scp box:{tmp_path}/report/report.html" in words
    assert "note: a note" in words


def test_progress_in_a_line():
    assert progress_words(Step("drawing", 0.5), "W", is_ascii=True) == (
        "report: drawing ##########---------- 50%   W ends it"
    )
    assert "━" in progress_words(Step("drawing", 0.5), "W", is_ascii=False)
