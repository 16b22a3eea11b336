"""Where TensorBoard is to be seen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from fashiontui.tui.screens.room import Dialog
from fashiontui.tui.tensorboard import Address


class Board(Dialog[bool]):
    """Gives True where TensorBoard is to end now; it ends with the app in any case."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "copy", "copy URL", id="board.copy"),
        Binding("K", "end", "end TensorBoard", id="board.end"),
        Binding("escape,enter,t,q", "close", "close", key_display="esc", id="board.close"),
    ]

    def __init__(self, address: Address) -> None:
        super().__init__()
        self._address = address

    def compose_dialog(self) -> ComposeResult:
        """The URL, and how to get there from elsewhere."""
        lines = (
            "It takes some seconds to come up. In a browser on this machine:",
            "",
            f"  {self._address.url}",
            "",
            "From another machine, run this there first:",
            "",
            f"  {self._address.forward}",
            "",
            "It ends when you leave fashiontui.",
            "",
            "i copy URL   K end TensorBoard   esc close",
        )
        with Vertical(classes="dialog"):
            yield Static("TensorBoard", classes="dialog-title", markup=False)
            yield Static("\n".join(lines), classes="dialog-text", markup=False)

    def action_copy(self) -> None:
        """Copy the URL."""
        self.app.copy_to_clipboard(self._address.url)
        self.app.notify(f"copied {self._address.url}", markup=False)

    def action_end(self) -> None:
        """End TensorBoard."""
        self.dismiss(True)

    def action_close(self) -> None:
        """Let it run."""
        self.dismiss(False)
