"""Lines of a card: tables and wrapped texts."""

from __future__ import annotations

import pytest

from fashiontui.tui.lines import table

ROWS = (("lr", "0.8448", "50"), ("ann1", "0.9040", "31"))


def text(lines):
    return ["".join(part for part, _ in line) for line in lines]


@pytest.mark.parametrize(
    ("room", "head"),
    [(None, "name    test  epoch"), (19, "name    test  epoch"), (18, "name    test"), (3, "name    test")],
)
def test_columns_that_there_is_no_room_for_are_left_out_whole(room, head):
    lines = text(table(("name", "test", "epoch"), ROWS, right=(1, 2), room=room))
    assert lines[0] == head
    assert lines[1] == ("lr    0.8448     50" if head.endswith("epoch") else "lr    0.8448")
