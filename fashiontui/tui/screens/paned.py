"""A screen of several panes: beside each other where there is room, else one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import DescendantFocus, Resize

from fashiontui.tui.charts.chart import Chart
from fashiontui.tui.screens.base import ProjectScreen


class PanedScreen(ProjectScreen):
    """Panes have the class `pane` and can have the focus; the one in front has the class `-front`.

    What that means is said in CSS: where the screen is `-narrow`, or `-maximised`, the others are away.
    """

    AUTO_FOCUS = ""  # who is in front has the focus
    _in_front = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "pane(1)", "next pane", show=False, priority=True, id="panes.next"),
        Binding("shift+tab", "pane(-1)", "pane before", show=False, priority=True, id="panes.before"),
    ]

    def panes(self) -> Sequence[str]:
        """The ids of those there are, in order."""
        raise NotImplementedError

    def front(self, name: str) -> None:
        """Give a pane the keys, and all the room where there is too little."""
        self._bring(name)
        self.set_focus(self.query_one(f"#{name}"))  # at once: what is hidden takes the focus along

    def _bring(self, name: str) -> None:
        self._in_front = name
        has_meaning = self.has_class("-narrow") or self.has_class("-maximised")
        for pane in self.query(".pane"):
            pane.set_class(pane.id == name, "-front", update=has_meaning)
        self.pane_changed(name)

    def pane_changed(self, name: str) -> None:
        """Another pane is in front."""

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Also where a mouse has chosen it."""
        name = event.widget.id
        is_here = event.widget is self.focused  # it may have gone on since
        if is_here and name is not None and name in self.panes() and name != self._in_front:
            self._bring(name)

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002 - as in the base, which fits the screen in
        """There may be room for more panes, or fewer."""
        self.call_after_refresh(lambda: self.pane_changed(self.in_front()))

    def in_front(self) -> str:
        """The id of the pane that has the keys."""
        names = self.panes()
        return self._in_front if self._in_front in names else names[0]

    def action_pane(self, step: int) -> None:
        """The next pane, or the one before; none is maximised any more."""
        for chart in self.query(Chart):
            if chart.view.maximised:
                chart.view = replace(chart.view, maximised=False)
        self.remove_class("-maximised")
        names = self.panes()
        self.front(names[(names.index(self.in_front()) + step) % len(names)])

    def on_chart_maximise_requested(self, event: Chart.MaximiseRequested) -> None:
        """One chart alone, or all panes."""
        self.set_class(event.chart.view.maximised, "-maximised")
        self.front(str(event.chart.id))
