from __future__ import annotations

import os

import pytest
import torch

from fashiontui.errors import CheckpointError
from fashiontui.training import checkpoint


def test_round_trip(tmp_path):
    path = tmp_path / "checkpoint.pt"
    checkpoint.save(path, {"model": {"w": torch.arange(3.0)}, "step": 7})
    kept = checkpoint.load(path)
    assert kept["step"] == 7
    assert kept["model"]["w"].tolist() == [0, 1, 2]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("cut", [0, 10, 200])
def test_a_damaged_file_is_named(tmp_path, cut):
    path = tmp_path / "checkpoint.pt"
    checkpoint.save(path, {"model": {"w": torch.arange(3000.0)}})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(CheckpointError, match=r"checkpoint\.pt"):
        checkpoint.load(path)


def test_no_file(tmp_path):
    with pytest.raises(CheckpointError, match="not there"):
        checkpoint.load(tmp_path / "none.pt")


class Evil:
    def __reduce__(self):
        return (os.mkdir, ("evil",))


def test_code_in_a_checkpoint_is_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"model": Evil()}, tmp_path / "evil.pt")
    with pytest.raises(CheckpointError):
        checkpoint.load(tmp_path / "evil.pt")
    assert not (tmp_path / "evil").exists()


def test_the_hash_knows_every_bit():
    state = {"w": torch.arange(4.0), "b": torch.zeros(1)}
    same = {name: value.clone() for name, value in state.items()}
    assert checkpoint.weights_hash(state) == checkpoint.weights_hash(same)
    same["w"][2] = torch.nextafter(same["w"][2], torch.tensor(9.0))
    assert checkpoint.weights_hash(state) != checkpoint.weights_hash(same)


def test_of_what_is_no_checkpoint_nothing_is_said_of_running_it_all_the_same(tmp_path):
    path = tmp_path / "checkpoint.pt"
    path.write_text("x\n")
    with pytest.raises(CheckpointError, match="is damaged") as caught:
        checkpoint.load(path)
    assert "weights_only" not in str(caught.value)


def test_no_memory_to_read_it_is_no_damage(tmp_path, monkeypatch):
    def load(*_arguments, **_options):
        torch.empty(1 << 55)

    monkeypatch.setattr(torch, "load", load)
    with pytest.raises(CheckpointError, match="not enough memory to read") as caught:
        checkpoint.load(tmp_path / "checkpoint.pt")
    assert "resume" in caught.value.hint


def test_a_checkpoint_that_can_not_be_written_leaves_the_one_before(tmp_path, monkeypatch):
    path = tmp_path / "checkpoint.pt"
    checkpoint.save(path, {"model": {"w": torch.arange(3.0)}, "step": 7})

    def full(_content, place):
        os.write(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="No space left"):
        checkpoint.save(path, {"model": {"w": torch.arange(3.0)}, "step": 8})
    assert checkpoint.load(path)["step"] == 7
    assert list(tmp_path.iterdir()) == [path]


def test_the_hash_knows_names_shapes_and_types_too():
    states = [
        {"w": torch.zeros(4)},
        {"v": torch.zeros(4)},
        {"w": torch.zeros(2, 2)},
        {"w": torch.zeros(4, dtype=torch.int32)},
        {"w": torch.zeros(2), "v": torch.zeros(2)},
    ]
    assert len({checkpoint.weights_hash(state) for state in states}) == len(states)
