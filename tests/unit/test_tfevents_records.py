from __future__ import annotations

import random

import pytest

from fashiontui.tfevents.records import Damage, frame, merged, scan

PAYLOADS = [b"first", b"", b"x" * 300, b"\0" * 40, b"last one"]
DATA = b"".join(map(frame, PAYLOADS))


def test_frame_is_what_tensorboard_writes(tmp_path):
    from tensorboard.summary.writer.record_writer import RecordWriter

    path = tmp_path / "records"
    with path.open("wb") as file:
        writer = RecordWriter(file)
        for payload in PAYLOADS:
            writer.write(payload)
    assert path.read_bytes() == DATA


def test_whole_records():
    found = scan(DATA)
    assert found.payloads == PAYLOADS
    assert not found.damage
    assert found.consumed == len(DATA)


@pytest.mark.parametrize("cut", range(len(frame(PAYLOADS[-1]))))
def test_a_torn_tail_waits(cut):
    whole = len(DATA) - len(frame(PAYLOADS[-1]))
    found = scan(DATA[: whole + cut])
    assert found.payloads == PAYLOADS[:-1]
    assert found.consumed == whole
    assert not found.damage
    assert scan(DATA[whole:], whole).payloads == PAYLOADS[-1:]


def test_a_damaged_byte_costs_at_most_its_record():
    starts = [len(b"".join(map(frame, PAYLOADS[:n]))) for n in range(len(PAYLOADS) + 1)]
    for at in range(starts[-2]):  # the last record stays whole
        data = bytearray(DATA)
        data[at] ^= 0x5A
        found = scan(bytes(data))
        hit = next(n for n in range(len(PAYLOADS)) if starts[n] <= at < starts[n + 1])
        assert found.payloads == PAYLOADS[:hit] + PAYLOADS[hit + 1 :], at
        assert merged(found.damage) == [Damage(starts[hit], starts[hit + 1] - starts[hit])], at


def test_garbage_between_records_is_counted():
    garbage = random.Random(1).randbytes(5000)
    found = scan(frame(b"a") + garbage + frame(b"b"), offset=1000)
    assert found.payloads == [b"a", b"b"]
    assert merged(found.damage) == [Damage(1000 + len(frame(b"a")), len(garbage))]


def test_garbage_at_the_end_keeps_what_may_still_be_a_header():
    found = scan(frame(b"a") + b"\xff" * 100)
    assert found.payloads == [b"a"]
    assert found.consumed >= len(frame(b"a")) + 100 - 12


def test_damage_in_parts_is_reported_once():
    assert merged([Damage(0, 4), Damage(4, 6), Damage(20, 1)]) == [Damage(0, 10), Damage(20, 1)]
