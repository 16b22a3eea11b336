from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

import pytest
from support.event_logs import scalar, version, write_events

from fashiontui.tfevents.discover import discover, holds_any


def a_run(folder, name="1", **options):
    folder.mkdir(parents=True, exist_ok=True)
    return write_events(folder, name, [version(), scalar(1, **options)])


def names(root):
    return [found.name for found in discover(root)]


def test_runs_of_all_makes_by_their_relative_paths(tmp_path):
    for name in (
        "lightning_logs/version_0",
        "fit/20261123/train",
        "fit/20261123/evaluation",
        "deep/er/and/deeper",
    ):
        a_run(tmp_path / name)
    (tmp_path / "fit/notes").mkdir()
    (tmp_path / "fit/notes/readme.txt").write_text("nothing")
    assert names(tmp_path) == [
        "deep/er/and/deeper",
        "fit/20261123/evaluation",
        "fit/20261123/train",
        "lightning_logs/version_0",
    ]
    assert holds_any(tmp_path)


def test_the_folder_itself_may_be_a_run(tmp_path):
    path = a_run(tmp_path)
    a_run(tmp_path, "2")
    a_run(tmp_path / "more")
    found = discover(tmp_path)
    assert [each.name for each in found] == [".", "more"]
    assert found[0].folder == tmp_path
    assert found[0].size_bytes == 2 * path.stat().st_size


def test_when_it_was_written(tmp_path):
    os.utime(a_run(tmp_path, "1"), (5, 100))
    os.utime(a_run(tmp_path, "2"), (5, 300))
    (found,) = discover(tmp_path)
    assert (found.first_written, found.last_written) == (100, 300)


def test_nothing_is_nothing(tmp_path):
    assert discover(tmp_path) == ()
    assert discover(tmp_path / "missing") == ()
    assert not holds_any(tmp_path)
    a_run(tmp_path / "profile", "x.profile-empty")
    assert discover(tmp_path) == ()


def test_links_are_followed_and_loops_are_not(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    a_run(elsewhere / "run")
    root = tmp_path / "logs"
    root.mkdir()
    (root / "linked").symlink_to(elsewhere)
    (elsewhere / "run" / "up").symlink_to(root)
    (root / "gone").symlink_to(tmp_path / "nowhere")
    assert names(root) == ["linked/run"]


def test_what_may_not_be_read_is_passed_over_and_named(tmp_path, monkeypatch):
    a_run(tmp_path / "open")
    a_run(tmp_path / "shut")
    listing = os.scandir

    def guarded(folder):  # for root, too, who may read everything
        if Path(folder).name == "shut":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        return listing(folder)

    monkeypatch.setattr(os, "scandir", guarded)
    missed = []
    assert [found.name for found in discover(tmp_path, missed)] == ["open"]
    assert missed == ["shut"]
    assert names(tmp_path) == ["open"]


def test_a_folder_whose_files_may_not_be_looked_at_is_named(tmp_path, monkeypatch):
    a_run(tmp_path / "open")
    a_run(tmp_path / "listed")
    listing = os.scandir

    class Shut:
        def __init__(self, entry):
            self.name, self._entry = entry.name, entry

        def is_dir(self):
            return self._entry.is_dir()

        def is_file(self):
            return self._entry.is_file()

        def stat(self):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), self.name)

    @contextlib.contextmanager
    def guarded(folder):
        with listing(folder) as entries:
            yield map(Shut, entries) if Path(folder).name == "listed" else entries

    monkeypatch.setattr(os, "scandir", guarded)
    missed = []
    assert [found.name for found in discover(tmp_path, missed)] == ["open"]
    assert missed == ["listed"]


def test_odd_names(tmp_path):
    odd = ("[red]x[/red]", "a\x1b[31mb", "שלום", "幅" * 60, "with blank", "x" * 200)
    for name in odd:
        a_run(tmp_path / name)
    assert names(tmp_path) == sorted(odd)


@pytest.mark.parametrize("held_out", ["validation", "valid", "val"])
def test_training_and_validation_in_a_folder_each_are_one_run(tmp_path, held_out):
    for part in ("train", held_out):
        a_run(tmp_path / "keras" / part)
    a_run(tmp_path / "keras" / "train" / "plugins" / "profile")
    (tmp_path / "keras" / "checkpoints").mkdir()
    assert names(tmp_path) == ["keras", "keras/train/plugins/profile"]
    (found, _) = discover(tmp_path)
    assert found.folder == tmp_path / "keras"
    assert found.size_bytes == 2 * discover(tmp_path / "keras" / "train")[0].size_bytes
    assert discover(tmp_path / "keras")[0].name == "."


@pytest.mark.parametrize(
    "folders",
    [
        ("train",),
        ("validation",),
        ("train", "valid", "val"),
        ("train", "validation", "test"),
        (".", "train", "validation"),
    ],
)
def test_other_folders_are_runs_of_their_own(tmp_path, folders):
    for folder in folders:
        a_run(tmp_path / "x" / folder)
    assert names(tmp_path) == sorted("x" if folder == "." else f"x/{folder}" for folder in folders)


def test_a_run_in_two_parts_was_written_from_the_first_of_either_to_the_last(tmp_path):
    os.utime(a_run(tmp_path / "train"), (5, 100))
    os.utime(a_run(tmp_path / "validation"), (5, 300))
    (found,) = discover(tmp_path)
    assert (found.first_written, found.last_written) == (100, 300)
