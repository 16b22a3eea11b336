from __future__ import annotations

import random

import pytest

from fashiontui.tfevents.records import RecordSplitter, Skipped, find_header, frame

PAYLOADS = [b"first", b"", b"x" * 300, b"\0" * 40, b"last one"]
STARTS = [len(b"".join(map(frame, PAYLOADS[:n]))) for n in range(len(PAYLOADS) + 1)]
DATA = b"".join(map(frame, PAYLOADS))


def split(data, chunk=10**9):
    splitter = RecordSplitter()
    found = []
    for at in range(0, len(data), chunk):
        records = splitter.feed(data[at : at + chunk])
        found += [records.payload(index) for index in range(len(records))]
    return found, splitter


def test_frame_is_what_tensorboard_writes(tmp_path):
    from tensorboard.summary.writer.record_writer import RecordWriter

    path = tmp_path / "records"
    with path.open("wb") as file:
        writer = RecordWriter(file)
        for payload in PAYLOADS:
            writer.write(payload)
    assert path.read_bytes() == DATA


@pytest.mark.parametrize("chunk", [1, 7, 64, 10_000])
def test_whole_records(chunk):
    found, splitter = split(DATA, chunk)
    assert found == PAYLOADS
    assert (splitter.skipped, splitter.torn_bytes, splitter.end) == ([], 0, len(DATA))


@pytest.mark.parametrize("cut", range(STARTS[-2], STARTS[-1]))
def test_a_torn_tail_waits_and_is_completed(cut):
    found, splitter = split(DATA[:cut])
    assert found == PAYLOADS[:-1]
    assert (splitter.skipped, splitter.torn_bytes) == ([], cut - STARTS[-2])
    records = splitter.feed(DATA[cut:])
    assert [records.payload(index) for index in range(len(records))] == PAYLOADS[-1:]
    assert splitter.torn_bytes == 0


@pytest.mark.parametrize("chunk", [5, 50, 10_000])
def test_a_damaged_byte_costs_its_record_alone(chunk):
    payloads = [b"first", b"x" * 300, b"\0" * 40, b"last one"]
    starts = [len(b"".join(map(frame, payloads[:n]))) for n in range(len(payloads) + 1)]
    for at in range(starts[-1]):
        data = bytearray(b"".join(map(frame, payloads)))
        data[at] ^= 0x5A
        found, splitter = split(bytes(data), chunk)
        hit = next(n for n in range(len(payloads)) if starts[n] <= at < starts[n + 1])
        assert found == payloads[:hit] + payloads[hit + 1 :], at
        assert splitter.skipped == [Skipped(starts[hit], starts[hit + 1] - starts[hit])], at
        assert splitter.torn_bytes == 0


@pytest.mark.parametrize("cycle", [1, 2, 5, 12, 32])
def test_sizes_that_repeat_up_to_any_number_of_records(cycle):
    """Also where what is left after those that were walked is no whole cycle."""
    for count in range(120, 200):
        payloads = [bytes([number % 251]) * (10 + number % cycle) for number in range(count)]
        found, splitter = split(b"".join(map(frame, payloads)), 10**6)
        assert found == payloads
        assert not splitter.skipped


def test_two_damaged_records_apart_are_told_apart():
    data = bytearray(DATA)
    data[STARTS[0] + 13] ^= 1
    data[STARTS[2] + 13] ^= 1
    found, splitter = split(bytes(data))
    assert found == [PAYLOADS[1], *PAYLOADS[3:]]
    assert splitter.skipped == [Skipped(0, STARTS[1]), Skipped(STARTS[2], STARTS[3] - STARTS[2])]


@pytest.mark.parametrize("chunk", [1, 13, 100, 10_000])
def test_a_record_torn_in_the_middle_of_a_file_costs_no_other(chunk):
    torn = frame(b"y" * 200)[:120]
    others = [b"z" * 30] * 6
    found, splitter = split(torn + b"".join(map(frame, others)), chunk)
    assert found == others
    assert splitter.skipped == [Skipped(0, len(torn))]


@pytest.mark.parametrize("chunk", [999, 10**6])
@pytest.mark.parametrize(
    "garbage", [random.Random(1).randbytes(150_000), b"\0" * 150_000], ids=["noise", "hole"]
)
def test_garbage_between_records_is_counted(garbage, chunk):
    before, after = frame(b"a"), frame(b"b")
    found, splitter = split(before + garbage + after, chunk)
    assert found == [b"a", b"b"]
    assert splitter.skipped == [Skipped(len(before), len(garbage))]


def test_garbage_at_the_end_is_counted_and_what_follows_is_found():
    found, splitter = split(frame(b"a") + b"\xff" * 100)
    assert splitter.skipped == [Skipped(len(frame(b"a")), 100)]
    records = splitter.feed(frame(b"b"))
    assert found == [b"a"]
    assert records.payload(0) == b"b"
    assert splitter.skipped == [Skipped(len(frame(b"a")), 100)]


def test_find_header_across_the_blocks_it_searches():
    for offset in (0, 1, 65_530, 65_536, 131_071):
        data = b"\xff" * offset + frame(b"payload")
        assert find_header(data, 0) == offset
        assert find_header(data, offset + 1) == -1


def cycles(count, sizes=(40, 41, 300, 40, 0, 57)):
    """Payloads whose sizes take turns, each of another content."""
    generator = random.Random(count)
    return [generator.randbytes(sizes[number % len(sizes)]) for number in range(count)]


@pytest.mark.parametrize("sizes", [(36,), (36, 40), tuple(range(10, 42)), tuple(range(10, 60))], ids=len)
@pytest.mark.parametrize("chunk", [777, 30_000, 10**9])
def test_records_whose_sizes_repeat(sizes, chunk):
    payloads = cycles(1_000, sizes)
    payloads[700] += b"longer"  # as when a step takes a byte more
    found, splitter = split(b"".join(map(frame, payloads)), chunk)
    assert found == payloads
    assert (splitter.skipped, splitter.torn_bytes) == ([], 0)


@pytest.mark.parametrize("chunk", [5_000, 10**9])
@pytest.mark.parametrize("hit", [2, 127, 128, 200, 550, 899])
def test_damage_among_records_whose_sizes_repeat(hit, chunk):
    payloads = cycles(900, (40, 57, 40))
    places = [0]
    for payload in payloads:
        places.append(places[-1] + len(frame(payload)))
    for within in (0, 7, 9, 12, 30, -1):
        data = bytearray(b"".join(map(frame, payloads)))
        data[(places[hit] + within) if within >= 0 else places[hit + 1] - 1] ^= 0x5A
        found, splitter = split(bytes(data), chunk)
        assert found == payloads[:hit] + payloads[hit + 1 :], within
        assert splitter.skipped == [Skipped(places[hit], places[hit + 1] - places[hit])], within


@pytest.mark.parametrize("seed", range(20))
def test_any_damage_and_any_chunks_leave_what_one_record_at_a_time_would_leave(seed):
    generator = random.Random(seed)
    payloads = [generator.randbytes(generator.choice([30, 30, 30, 44])) for _ in range(400)]
    if seed % 2:
        payloads = cycles(400, (30, 44, 30))
    data = bytearray(b"".join(map(frame, payloads)))
    for _ in range(generator.randrange(4)):
        data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
    found, splitter = split(bytes(data), generator.choice([1_000, 4_096, 10**9]))
    slow, slowly = split(bytes(data), 50)  # too few at once for anything but one by one
    assert found == slow
    assert splitter.skipped == slowly.skipped


@pytest.mark.parametrize("chunk", [10, 10**6])
def test_two_damaged_records_that_touch_are_one_piece(chunk):
    data = bytearray(DATA)
    data[STARTS[2] + 13] ^= 1
    data[STARTS[3] + 13] ^= 1
    found, splitter = split(bytes(data), chunk)
    assert found == [*PAYLOADS[:2], PAYLOADS[4]]
    assert splitter.skipped == [Skipped(STARTS[2], STARTS[4] - STARTS[2])]
