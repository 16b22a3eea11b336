from __future__ import annotations

from pathlib import Path

import pytest

from fashiontui.cli.choices import Places
from fashiontui.errors import UsageError


def test_a_home_that_the_shell_left_to_us(monkeypatch):
    monkeypatch.setenv("HOME", "/home/of/somebody")
    home = Path("/home/of/somebody")
    assert Places(Path("~/e.toml"), Path("~/logs")).expanded() == Places(home / "e.toml", home / "logs")
    assert Places(None, Path("logs")).expanded() == Places(None, Path("logs"))
    with pytest.raises(UsageError, match="~nobody-at-all"):
        Places(logs=Path("~nobody-at-all/logs")).expanded()
