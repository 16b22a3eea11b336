from __future__ import annotations

import io
from pathlib import Path

import pytest

from fashiontui.cli import quickstart
from fashiontui.cli.choices import Places
from fashiontui.cli.orders import Order
from fashiontui.cli.places import data_candidates, logs_folder, project_folder, usual_data_candidates
from fashiontui.cli.quickstart import choose_dataset, next_steps, program
from fashiontui.cli.run import _registry_for, check_device, exit_code, make_renderer
from fashiontui.config.files import shipped_config
from fashiontui.errors import ConfigError, DataError, DeviceError, UsageError
from fashiontui.headless.render_json import JsonRenderer
from fashiontui.headless.render_plain import PlainRenderer
from fashiontui.headless.render_terminal import TerminalRenderer
from fashiontui.headless.verdict import Session
from fashiontui.supervisor.queue import devices_of


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("session", "code"),
    [
        (Session(), 0),
        (Session(unmet=["x"]), 3),
        (Session(failures=[1], unmet=["x"]), 1),
        (Session(failures=[2]), 2),
        (Session(failures=[4, 4]), 4),
        (Session(failures=[4, 2]), 1),
        (Session(failures=[1], interrupted=True), 130),
        (Session(interrupted=True, hung_up=True), 129),
    ],
)
def test_one_exit_code_for_all_runs(session, code):
    assert exit_code(session) == code


@pytest.mark.parametrize("device", [None, "auto", "cpu", "cuda", "cuda:1"])
def test_devices(device):
    check_device(device)


@pytest.mark.parametrize("device", ["", "gpu", "cuda:", "cuda:x", "CPU", "cpu:0"])
def test_no_devices(device):
    with pytest.raises(DeviceError, match="Devices are"):
        check_device(device)


def test_a_table_that_was_taken_out_of_the_file_no_longer_holds(tmp_path):
    def devices_after(said):
        with _registry_for(Order(tmp_path / "logs", said, lambda _: [])) as registry:
            return dict(devices_of(registry))

    assert devices_after({"cpu": 2}) == {"cpu": 2}
    assert devices_after(None) == {"cpu": 2}  # no file was read, as where a run goes on
    assert devices_after({}) == {}


def test_the_renderer_fits_the_streams(monkeypatch):
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert isinstance(make_renderer(as_json=False), PlainRenderer)
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(make_renderer(as_json=False), TerminalRenderer)
    assert isinstance(make_renderer(as_json=True), JsonRenderer)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(make_renderer(as_json=False), PlainRenderer)


def test_data_folders_in_order(tmp_path, monkeypatch):
    monkeypatch.setenv("FASHIONTUI_DATA", "/environment")
    folders = data_candidates(None, "beside", tmp_path)
    assert folders[:2] == (Path("/environment"), tmp_path / "beside")
    assert len(folders) == 3
    monkeypatch.delenv("FASHIONTUI_DATA")
    assert len(data_candidates(None, None, tmp_path)) == 1


def test_a_folder_given_is_the_only_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FASHIONTUI_DATA", "/environment")
    assert data_candidates(Path("mine"), "beside", tmp_path) == (tmp_path / "mine",)


def test_runs_lie_beside_the_config_but_not_in_the_installed_program(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert logs_folder(Places(), Path("sub/experiments.toml")) == tmp_path / "sub" / "logs"
    assert logs_folder(Places(logs=Path("mine")), Path("sub/experiments.toml")) == tmp_path / "mine"
    assert project_folder(shipped_config()) == tmp_path


def test_a_config_with_mistakes_is_passed_over_unless_it_was_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "experiments.toml").write_text("[experiments")
    assert usual_data_candidates(None, Places())
    with pytest.raises(ConfigError):
        usual_data_candidates(None, Places(config=tmp_path / "experiments.toml"))


def test_quickstart_fetches_what_is_not_here(tmp_path, monkeypatch, capsys):
    fetched = []
    monkeypatch.setattr(
        quickstart, "data_fetch", lambda names, folder, out, err: fetched.append((names, folder))
    )
    assert choose_dataset(tmp_path, tmp_path) == "fashion-mnist"
    assert fetched == [(["fashion-mnist"], tmp_path)]
    assert "trying to download" in capsys.readouterr().err


def test_quickstart_fetches_into_the_home_that_is_meant(tmp_path, monkeypatch):
    fetched = []
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(quickstart, "data_fetch", lambda names, folder, out, err: fetched.append(folder))
    choose_dataset(Path("~/d"), tmp_path)
    assert fetched == [tmp_path / "d"]


@pytest.mark.parametrize("given", [Path("~nobody-by-that-name/d"), None])
def test_nobody_s_home_is_told_so(tmp_path, monkeypatch, given):
    with pytest.raises(UsageError, match="whose home ~nobody-by-that-name is"):
        data_candidates(given, "~nobody-by-that-name/d", tmp_path)
    monkeypatch.setenv("FASHIONTUI_DATA", "~nobody-by-that-name/d")
    with pytest.raises(UsageError, match="in full"):
        data_candidates(None, None, tmp_path)


def test_quickstart_draws_what_it_cannot_fetch_and_says_so(tmp_path, monkeypatch, capsys):
    def refuse(*_):
        raise DataError("no network here")

    monkeypatch.setattr(quickstart, "data_fetch", refuse)
    assert choose_dataset(tmp_path, tmp_path) == "synthetic"
    said = capsys.readouterr().err
    assert "no network here" in said
    assert "SYNTHETIC" in said


@pytest.mark.parametrize(
    ("dataset", "data_dir", "option"),
    [
        ("synthetic", None, " --dataset synthetic"),
        ("fashion-mnist", Path("d"), " --data-dir d"),
        ("fashion-mnist", None, ""),
    ],
)
def test_next_steps_train_on_the_same_data(tmp_path, dataset, data_dir, option):
    assert f"run cnn1 --headless --epochs 3{option}  " in next_steps(dataset, data_dir, Places(), tmp_path)


def test_next_steps_are_in_the_same_places(tmp_path):
    steps = next_steps("fashion-mnist", None, Places(logs=tmp_path / "my runs"), tmp_path / "my runs")
    assert f"fashiontui --logs '{tmp_path}/my runs' metrics ann1" in steps


def test_a_program_is_named_as_the_shell_finds_it(tmp_path, monkeypatch):
    beside = tmp_path / "bin" / "fashiontui"
    beside.parent.mkdir()
    beside.touch(mode=0o755)
    monkeypatch.setattr("sys.executable", str(beside.with_name("python")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    assert program("fashiontui") == "bin/fashiontui"
    monkeypatch.setenv("PATH", str(beside.parent))
    assert program("fashiontui") == "fashiontui"
    assert program("tensorboard") == "tensorboard"
