"""Whatever is killed whenever, no run is lost, and none is carried out twice."""

from __future__ import annotations

import random

import pytest
from support.kill_loop import KillLoop


@pytest.mark.parametrize("seed", [1, 2])
def test_kills_at_random_moments_lose_nothing(tmp_path, seed):
    findings = KillLoop(tmp_path / "logs", runs=8, slots=2, rng=random.Random(seed)).run(kills=10)
    assert findings.wrongs == []
    assert findings.finished == 8
    assert sum(findings.kills.values()) > 0
