"""What the app is started with."""

from __future__ import annotations

import pytest
from support.cli import project

from fashiontui.cli.app import AppChoices, app_options
from fashiontui.cli.choices import Places
from fashiontui.errors import UsageError


@pytest.fixture(autouse=True)
def in_a_project(tmp_path, monkeypatch):
    project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_the_projects_own_folder_of_runs_need_not_be_there_yet(tmp_path):
    assert app_options(Places(None, None), AppChoices()).logs == tmp_path / "logs"
    assert not (tmp_path / "logs").exists()


def test_a_folder_that_is_named_must_be_there(tmp_path):
    (tmp_path / "mnist_logs").mkdir()
    with pytest.raises(UsageError, match=r"there is no folder .*mnist_lgos") as error:
        app_options(Places(None, tmp_path / "mnist_lgos"), AppChoices())
    assert error.value.hint == f"Did you mean {tmp_path / 'mnist_logs'}?"
    with pytest.raises(UsageError) as error:
        app_options(Places(None, tmp_path / "zzz" / "zzz"), AppChoices())
    assert "fashiontui run NAME --logs" in error.value.hint
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file, not a folder"):
        app_options(Places(None, tmp_path / "file"), AppChoices())
    assert app_options(Places(None, tmp_path / "mnist_logs"), AppChoices()).logs == tmp_path / "mnist_logs"
