"""A list of rows, by itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from rich.text import Text
from textual.app import App

from fashiontui.tui.widgets.rowlist import RowList


@dataclass(frozen=True)
class Named:
    key: str


class Names(RowList[Named]):
    def draw(self, row, width):
        return Text(row.key.ljust(width - 1) + "|")


class Alone(App):
    def compose(self):
        yield Names()


def test_rows_are_as_wide_as_there_is_room_when_a_scrollbar_comes_and_goes():
    async def act():
        async with Alone().run_test(size=(30, 12)) as pilot:
            names = pilot.app.query_one(Names)

            async def ends(count):
                names.show([Named(f"row {number}") for number in range(count)])
                await pilot.pause()
                return seen()

            def seen():
                lines = [
                    "".join(part.text for part in line)
                    for line in pilot.app.screen._compositor.render_strips()
                ]
                return {line.rindex("|") for line in lines if "|" in line}

            assert await ends(5) == {29}
            assert await ends(13) == {27}
            await pilot.resize_terminal(30, 20)
            await pilot.pause()
            assert seen() == {29}
            assert await ends(40) == {27}
            assert await ends(2) == {29}

    asyncio.run(act())
