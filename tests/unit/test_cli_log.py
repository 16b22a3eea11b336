from __future__ import annotations

import io
import threading

import pytest
from support.fakes import make_run, until
from support.registry import HERE, opened

from fashiontui.cli.log import Pipe, Tail, Terminal, harmless, print_log
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.state import RunState

RUN = "20261123-091501-aaa"


class Out(io.TextIOWrapper):
    """Stdout, of a terminal or not."""

    def __init__(self, *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def got(self) -> bytes:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue()


def logged(paths, *, lines=None, follow=False, terminal=False):
    out, err = Out(terminal=terminal), io.StringIO()
    print_log(paths, paths.logs, out, err, lines=lines, follow=follow)
    return out.got, err.getvalue()


def test_a_pipe_gets_every_byte(tmp_path):
    paths = make_run(tmp_path, "lr", RUN, state=RunState.FINISHED)
    data = b"\x1b[31mred\x1b[0m\r\nno end \xff"
    paths.log.write_bytes(data)
    assert logged(paths) == (data, "")


def test_a_terminal_gets_whole_lines_that_can_not_steer_it(tmp_path):
    paths = make_run(tmp_path, "lr", RUN, state=RunState.FINISHED)
    paths.log.write_bytes(
        "a\x1b[2J\x1b]0;title\x07 b\n 10%\r 50%\r100%\n\tdé \xff\x00[bold]".encode("utf-8", "replace")
    )
    assert logged(paths, terminal=True)[0].decode() == "a b\n100%\n\tdé ÿ[bold]\n"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[1;38;5;208mbold\x1b[0m", "bold"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("one\rtwo", "two"),
        ("dos\r", "dos"),
        ("half an escape \x1b[", "half an escape ["),
        ("\x9b31m", "31m"),
    ],
)
def test_harmless(line, shown):
    assert harmless(line) == shown


def test_only_the_last_lines(tmp_path):
    paths = make_run(tmp_path, "lr", RUN, state=RunState.FINISHED)
    paths.log.write_text("one\ntwo\nthree\n")
    assert [logged(paths, lines=number)[0] for number in (0, 2, 9)] == [
        b"",
        b"two\nthree\n",
        b"one\ntwo\nthree\n",
    ]


def test_no_log_yet_is_said(tmp_path):
    paths = make_run(tmp_path, "lr", RUN, environment=HERE)
    with opened(tmp_path) as registry:
        registry.enqueue([paths])
        registry.note_reasons({paths.key: "cpu is taken by lr/x"})
    assert logged(paths) == (b"", f"lr/{RUN} has no log yet: cpu is taken by lr/x\n")


def test_a_character_that_comes_in_two_parts_is_one(tmp_path):
    out = Out(terminal=True)
    sink = Terminal(out)
    for part in ("é".encode()[:1], "é".encode()[1:] + b"\nrest"):
        sink.write(part)
    assert out.got.decode() == "é\n"
    sink.close()
    assert out.got.decode() == "é\nrest\n"


def test_what_is_added_is_handed_on_once(tmp_path):
    path, out = tmp_path / "worker.log", Out()
    tail = Tail(path, Pipe(out))
    tail.more()
    path.write_text("one\n")
    tail.last(1)
    with path.open("a") as file:
        file.write("two\n")
    tail.more()
    tail.more()
    assert out.got == b"one\ntwo\n"


def test_following_ends_with_the_run_and_not_with_a_resume(tmp_path, monkeypatch):
    monkeypatch.setattr("fashiontui.cli.log.LOOK_S", 0.01)
    monkeypatch.setattr("fashiontui.cli.log.Interrupts", NoInterrupts)
    paths = make_run(tmp_path, "lr", RUN, environment=HERE)
    out, err = Out(), io.StringIO()
    with opened(tmp_path) as registry:
        registry.enqueue([paths])
        registry.note_reasons({paths.key: "cpu is taken"})
        following = threading.Thread(
            target=print_log, args=(paths, tmp_path, out, err), kwargs={"lines": None, "follow": True}
        )
        following.start()
        until(lambda: "waits: cpu is taken" in err.getvalue())
        registry.claim(paths.key, "cpu/0")
        paths.log.write_text("first attempt\n")
        until(lambda: b"first attempt" in out.got)
        registry.ask(paths.key, Wanted.PAUSE)
        registry.note_asked(paths.key, Wanted.PAUSE)
        registry.requeue(paths.key)  # before it has obeyed
        registry.note_state(paths.key, RunState.PAUSED, None)
        registry.claim(paths.key, "cpu/0")
        with paths.log.open("a") as file:
            file.write("second attempt\n")
        registry.note_state(paths.key, RunState.FINISHED, None)
        following.join(30)
    assert not following.is_alive()
    assert out.got == b"first attempt\nsecond attempt\n"
    assert err.getvalue().endswith(f"lr/{RUN} finished\n")


def test_following_what_has_ended_or_gone_leaves_at_once(tmp_path):
    paths = make_run(tmp_path, "lr", RUN, state=RunState.PAUSED)
    paths.log.write_text("words\n")
    assert logged(paths, follow=True) == (b"words\n", f"lr/{RUN} paused\n")
    elsewhere = make_run(tmp_path / "elsewhere", "lr", RUN, state=RunState.RUNNING)
    out, err = Out(), io.StringIO()
    print_log(elsewhere, tmp_path, out, err, lines=None, follow=True)
    assert err.getvalue() == f"lr/{RUN} lost\n"


class NoInterrupts:
    """Signals can only be received by the main thread."""

    stop_asked = hung_up = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass
