"""The sections of a report."""

from __future__ import annotations

from rich.text import Text

from fashiontui.tui.reportpages import Page
from fashiontui.tui.widgets.rowlist import RowList


class SectionList(RowList[Page]):
    """Their titles."""

    def draw(self, row: Page, width: int) -> Text:
        """One of them."""
        del width
        return Text(row.title, no_wrap=True, end="", overflow="ellipsis")
