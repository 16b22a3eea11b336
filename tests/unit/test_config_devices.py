from __future__ import annotations

import pytest

from fashiontui.config.load import load_config
from fashiontui.errors import ConfigError

EXPERIMENT = '[experiments.lr]\nmodel = "logistic"\n'


def load(tmp_path, text):
    path = tmp_path / "experiments.toml"
    path.write_text(text + EXPERIMENT)
    return load_config(path)


def test_devices_are_read(tmp_path):
    config = load(tmp_path, '[devices]\ncpu = 2\ncuda = 1\n"cuda:1" = 0\n')
    assert dict(config.devices) == {"cpu": 2, "cuda": 1, "cuda:1": 0}


def test_without_the_table_nothing_is_said(tmp_path):
    assert dict(load(tmp_path, "").devices) == {}


def test_every_mistake_is_told_with_its_line(tmp_path):
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, '[devices]\ncpuu = 1\ncpu = -1\n"cuda:x" = 1\ncuda = true\n')
    problems = raised.value.problems
    assert [problem.split(":")[0] for problem in problems] == ["line 2", "line 3", "line 4", "line 5"]
    assert "did you mean `cpu`?" in problems[0]
    assert "devices.cpu = -1: must be a whole number from 0 to 256" in problems[1]
    assert "devices.cuda = true" in problems[3]


@pytest.mark.parametrize("value", ["1.5", '"2"', "257", "[1]"])
def test_slots_are_whole_numbers(tmp_path, value):
    with pytest.raises(ConfigError, match="must be a whole number"):
        load(tmp_path, f"[devices]\ncpu = {value}\n")


def test_as_many_slots_as_there_can_be(tmp_path):
    assert load(tmp_path, "[devices]\ncpu = 256\n").devices["cpu"] == 256


@pytest.mark.parametrize("name", ["cuda:01", "cuda:1000", "cuda:", "CPU", "cpu:0"])
def test_what_is_no_device_is_refused(tmp_path, name):
    with pytest.raises(ConfigError, match="there is no such device"):
        load(tmp_path, f'[devices]\n"{name}" = 1\n')
