"""Whether the data that experiments are usually trained on are here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fashiontui.datasets.known import SYNTHETIC
from fashiontui.datasets.locate import find_folder, needs_files
from fashiontui.errors import FashiontuiError

if TYPE_CHECKING:
    from fashiontui.config.load import Config
    from fashiontui.tui.options import AppOptions

AGAIN_S: Final = 10.0  # after which data that were missing are looked for again


class DataStatus:
    """`word` says it: real, synthetic, missing, or custom for a dataset of the user's own."""

    def __init__(self, options: AppOptions) -> None:
        self._options = options
        self._config: Config | None = None
        self._looked = 0.0
        self.word = ""

    def poll(self, config: Config | None, now: float) -> bool:
        """Look, if there is a reason to; whether the word is another."""
        is_due = self.word in ("", "missing") and now - self._looked >= AGAIN_S
        if config is None or (config is self._config and not is_due):
            return False
        self._config, self._looked = config, now
        before, self.word = self.word, self._look(config)
        return self.word != before

    def _look(self, config: Config) -> str:
        dataset = config.defaults.dataset
        if not needs_files(dataset):
            return SYNTHETIC if dataset.name == SYNTHETIC else "custom"
        try:
            find_folder(dataset.name, self._options.data_folders(dataset.dir))
        except FashiontuiError:
            return "missing"
        return "real"
