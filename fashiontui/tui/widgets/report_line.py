"""A line that says how far a report is, while one is being written."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.widgets import Static

from fashiontui.analysis.reportwriting import Step
from fashiontui.tui.reporting import progress_words

ACTION: Final = "report"
ELSEWHERE: Final = "ctrl+p"  # where no key ends it, the palette does


class ReportLine(Static):
    """Takes no room while there is nothing to say."""

    def show(self, doing: Step | None) -> None:
        """How far it is; None for no report."""
        self.display = doing is not None
        if doing is not None:
            is_ascii = getattr(self.app, "charset", "") == "ascii"
            self.update(Content(progress_words(doing, self._key(), is_ascii=is_ascii)), layout=False)

    def _key(self) -> str:
        bindings = (active.binding for active in self.screen.active_bindings.values())
        found = next((binding for binding in bindings if binding.action == ACTION), None)
        return ELSEWHERE if found is None else self.app.get_key_display(found)
