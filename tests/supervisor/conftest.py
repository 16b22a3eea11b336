from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.fakes import make_run
from support.house import House

from fashiontui.runs.paths import RunPaths


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "logs")
    yield house
    house.close()


@pytest.fixture
def paths(tmp_path: Path) -> RunPaths:
    return make_run(tmp_path)
