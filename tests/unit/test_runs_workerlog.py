from __future__ import annotations

import pytest

from fashiontui.runs.workerlog import LogTail, harmless


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain [bold]text[/bold]", "plain [bold]text[/bold]"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("10 %\r20 %\r30 %", "30 %"),
        ("\x1b]0;title\x07after", "after"),
        ("over\u202eride", "override"),
        ("日本語 עברית", "日本語 עברית"),
    ],
)
def test_what_would_steer_a_terminal_is_left_out(line, shown):
    assert harmless(line) == shown


def test_a_log_that_grows(tmp_path):
    path = tmp_path / "worker.log"
    tail = LogTail(path)
    assert tail.read() is None
    path.write_text("one\ntw")
    assert tail.read().lines == ("one", "tw")
    assert tail.read() is None
    with path.open("a") as file:
        file.write("o\n\tthree\n")
    assert tail.read().lines == ("one", "two", "        three")


def test_letters_that_come_in_two_parts(tmp_path):
    path = tmp_path / "worker.log"
    whole = "Größe\n".encode()
    path.write_bytes(whole[:3])
    tail = LogTail(path)
    assert tail.read().lines == ("Gr",)
    path.write_bytes(whole)
    assert tail.read().lines == ("Größe",)


def test_only_the_end_of_a_long_log_is_read(tmp_path):
    path = tmp_path / "worker.log"
    path.write_text("".join(f"line {number}\n" for number in range(1000)))
    log = LogTail(path, most_bytes=100).read()
    assert log.is_cut
    assert log.lines[-1] == "line 999"
    assert len(log.lines) < 20
    log = LogTail(path, most_lines=10).read()
    assert log.is_cut
    assert log.lines == tuple(f"line {number}" for number in range(990, 1000))


def test_a_log_that_begins_anew(tmp_path):
    path = tmp_path / "worker.log"
    path.write_text("the first attempt\n")
    tail = LogTail(path)
    tail.read()
    path.write_text("again\n")
    assert tail.read().lines == ("again",)


def test_a_line_without_end_is_kept_short(tmp_path):
    path = tmp_path / "worker.log"
    tail = LogTail(path, most_bytes=1000)
    for _ in range(5):
        with path.open("a") as file:
            file.write("x" * 900)
        log = tail.read()
    assert len(log.lines[-1]) <= 1000
