from __future__ import annotations

from pathlib import Path

import pytest
from support.cli import project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path)
