"""The text of a report's section, as wide as there is room for."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from fashiontui.tui.reportpages import Page, lines_of_page
from fashiontui.tui.widgets.linesview import LinesView


class ReportText(LinesView):
    """Shows one page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape", "screen.sections", "sections", tooltip="Back to the sections", id="report.sections"
        ),
    ]

    _page: Page | None = None

    def show_page(self, page: Page | None) -> None:
        """Show this one, from its beginning if it is another section."""
        is_other = page is None or self._page is None or page.key != self._page.key
        self._page = page
        self._fill()
        if is_other:
            self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Lines are of another length."""
        self._fill()

    def _fill(self) -> None:
        width = self.scrollable_content_region.width
        self.show([] if self._page is None else lines_of_page(self._page, width))
