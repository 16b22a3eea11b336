from __future__ import annotations

import io
import os

import pytest

from fashiontui.headless.streams import SteadyStream, printable


def test_lines_are_written_at_once_without_escape_sequences():
    below = io.StringIO()
    SteadyStream(below).line("a \x1b[31mred\x07 bracket [bold]")
    assert below.getvalue() == "a [31mred bracket [bold]\n"


def test_a_closed_pipe_is_no_error_not_even_at_exit():
    reader, writer = os.pipe()
    below = os.fdopen(writer, "w")
    stream = SteadyStream(below)
    os.close(reader)
    stream.line("nobody reads this")
    assert stream.broken
    assert stream.error is None
    assert not stream.isatty()
    stream.line("nor this")
    below.close()  # flushes what was buffered, as the interpreter does at exit


def test_what_a_full_disk_did_not_take_is_remembered():
    class Full(io.StringIO):
        def write(self, _text):
            raise OSError(28, "No space left on device")

    stream = SteadyStream(Full())
    stream.line("a result")
    assert stream.broken
    assert stream.error is not None
    assert stream.error.errno == 28


def test_a_closed_stream_is_no_error():
    below = io.StringIO()
    below.close()
    stream = SteadyStream(below)
    stream.line("nobody reads this")
    assert stream.broken


def test_what_the_encoding_lacks_is_replaced():
    below = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    SteadyStream(below).line("2×2")
    assert below.buffer.getvalue() == b"2?2\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "shown"), [("a\tb\nc", "a\tb\nc"), ("\x9b2J\u202e", "2J"), ("é × 衣", "é × 衣")]
)
def test_printable(text, shown):
    assert printable(text) == shown
