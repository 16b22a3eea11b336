"""A database that is broken, foreign, too new, too old, full or gone."""

from __future__ import annotations

import errno
import shutil
import sqlite3

import pytest
from support.registry import Clock, in_state, never, opened, queued, said

from fashiontui.errors import RunError
from fashiontui.runs import atomic
from fashiontui.runs.registry import gate, schema, storage
from fashiontui.runs.registry.database import NAME
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState

NOON = 1_795_435_200.0  # 2026-11-23 12:00:00 UTC
ASIDE = f"{NAME}.damaged-20261123-120000"


@pytest.fixture
def logs(tmp_path):
    """Two runs in a registry that nobody has open."""
    logs = tmp_path / "logs"
    in_state(logs, RunState.FINISHED)
    with opened(logs) as registry:
        queued(registry, "b")
    return logs


@pytest.fixture
def warnings():
    return []


@pytest.fixture
def reopened(logs, warnings):
    def reopen() -> Registry:
        registries.append(Registry.open(logs, warn=warnings.append, clock=Clock(NOON)))
        return registries[-1]

    registries: list[Registry] = []
    yield reopen
    for registry in registries:
        registry.close()


def states(registry) -> dict[str, str]:
    return {entry.run_id: entry.state.value for entry in registry.entries()}


def overwrite(path, begin: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(data)


def edit(logs, *statements: str) -> None:
    connection = sqlite3.connect(logs / NAME, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def garble(logs) -> None:
    (logs / NAME).write_bytes(b"this was a database once. " * 1000)


def garble_all_but_the_first_page(logs) -> None:
    size = (logs / NAME).stat().st_size
    overwrite(logs / NAME, 4096, b"\xff" * (size - 4096))


def garble_the_schema(logs) -> None:
    overwrite(logs / NAME, 200, b"\xff" * 3800)


def cut_in_half(logs) -> None:
    with (logs / NAME).open("r+b") as file:
        file.truncate((logs / NAME).stat().st_size // 2)


def empty(logs) -> None:
    (logs / NAME).write_bytes(b"")


def another_s(logs) -> None:
    (logs / NAME).unlink()
    edit(logs, "CREATE TABLE songs (title TEXT)")


def drop_a_table(logs) -> None:
    edit(logs, "DROP TABLE facts")


def garble_a_state(logs) -> None:
    edit(logs, "UPDATE runs SET state = 'quened' WHERE key = 'lr/b'")


def garble_facts(logs) -> None:
    edit(logs, "UPDATE facts SET json = substr(json, 1, 20)")


def facts_of_another_shape(logs) -> None:
    edit(logs, "UPDATE facts SET json = '[1]'")


def no_shapes(logs) -> None:
    edit(logs, "DELETE FROM shapes")


def no_text(logs) -> None:
    edit(logs, "UPDATE runs SET reason = CAST(x'ff' AS TEXT)")


AT_ONCE = (garble, garble_the_schema, empty, another_s, drop_a_table)
ON_READING = (
    garble_all_but_the_first_page,
    cut_in_half,
    garble_a_state,
    garble_facts,
    facts_of_another_shape,
    no_shapes,
    no_text,
)


@pytest.mark.parametrize("damage", [*AT_ONCE, *ON_READING])
def test_a_damaged_database_is_set_aside_and_made_anew(logs, warnings, reopened, damage):
    damage(logs)
    before = (logs / NAME).read_bytes()
    registry = reopened()
    assert states(registry) == {"a": "finished", "b": "queued"}
    assert len(warnings) == 1
    assert f"{NAME} was damaged" in warnings[0]
    assert f"it is now {ASIDE}, and a new one was made from 2 run folders" in warnings[0]
    assert (logs / ASIDE).read_bytes()[:200] == before[:200]
    assert registry.ask("lr/b", Wanted.PAUSE).state is RunState.PAUSED
    assert states(reopened()) == {"a": "finished", "b": "paused"}
    assert len(warnings) == 1


@pytest.mark.parametrize("damage", ON_READING)
def test_damage_is_mended_by_whoever_notices(logs, warnings, reopened, damage):
    registry = reopened()
    damage(logs)
    registry.close()  # and what it had read, forgotten
    assert registry.requeue("lr/b").state is RunState.QUEUED
    assert len(warnings) == 1
    assert registry.is_replaced()


def test_others_go_over_to_the_new_one_without_a_word(logs, warnings, reopened):
    other = reopened()
    other.set_setting("devices", "1")
    before = other.version()
    garble_facts(logs)
    assert len(reopened().entries()) == 2
    assert other.is_replaced()
    assert other.claim("lr/b", "cpu/0") is not None
    assert other.version() != before
    assert states(reopened()) == {"a": "finished", "b": "starting"}
    assert len(warnings) == 1


def test_whoever_closes_the_old_one_late_does_the_new_one_no_harm(logs, warnings, reopened):
    late = reopened()
    late.set_setting("devices", "old")
    garble_facts(logs)
    registry = reopened()
    assert len(registry.entries()) == 2
    registry.set_setting("devices", "new")
    assert (logs / f"{NAME}-wal").exists()
    late.close()
    assert (logs / f"{NAME}-wal").exists()
    assert reopened().setting("devices") == "new"
    edit(logs, "PRAGMA integrity_check")


def test_a_log_left_beside_a_missing_database_is_not_the_new_one_s(logs, reopened):
    registry = reopened()
    registry.set_setting("devices", "old")
    shutil.copy(logs / f"{NAME}-wal", logs / "kept")
    registry.close()
    (logs / NAME).unlink()
    (logs / "kept").rename(logs / f"{NAME}-wal")
    assert reopened().setting("devices") is None
    assert states(reopened()) == {"a": "finished", "b": "queued"}


def test_none_that_was_set_aside_is_overwritten(logs, warnings, reopened):
    for _ in range(3):
        garble(logs)
        assert len(reopened().entries()) == 2
    aside = {path.name.removesuffix("-wal").removesuffix("-shm") for path in logs.glob("*damaged*")}
    assert aside == {ASIDE, f"{ASIDE}-2", f"{ASIDE}-3"}


def test_what_was_made_by_half_is_begun_anew(logs, reopened):
    (logs / NAME).unlink()
    (logs / f"{NAME}.new").write_text("someone was killed while making this")
    assert len(reopened().entries()) == 2
    assert not (logs / f"{NAME}.new").exists()


def test_a_file_that_is_broken_again_at_once_is_a_clear_error(logs, warnings, reopened, monkeypatch):
    garble_facts(logs)
    monkeypatch.setattr(schema, "missing_columns", lambda connection: ["runs.key"])
    with pytest.raises(RunError, match=r"is damaged: it has no runs\.key"):
        reopened()


def test_a_newer_version_is_left_alone(logs, reopened):
    edit(logs, "PRAGMA user_version = 99")
    with pytest.raises(RunError, match="made by a newer fashiontui") as caught:
        reopened()
    assert "Update fashiontui" in caught.value.hint
    assert list(logs.glob("*damaged*")) == []


@pytest.fixture
def next_version(monkeypatch):
    def add_notes(connection):
        connection.execute("ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT 'none'")

    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, add_notes))
    monkeypatch.setattr(schema, "COLUMNS", {**schema.COLUMNS, "runs": [*schema.COLUMNS["runs"], "note"]})


def notes(registry) -> list:
    return registry._storage.read(lambda connection: connection.execute("SELECT note FROM runs").fetchall())


def test_an_older_version_is_brought_up_to_date_with_all_it_holds(logs, reopened, next_version):
    for _ in range(2):
        registry = reopened()
        assert states(registry) == {"a": "finished", "b": "queued"}
        assert notes(registry) == [("none",), ("none",)]


def test_a_new_database_is_of_the_newest_version(logs, reopened, next_version):
    (logs / NAME).unlink()
    assert notes(reopened()) == [("none",), ("none",)]


def test_a_step_that_fails_leaves_the_old_version(logs, reopened, monkeypatch):
    def fail(connection):
        connection.execute("DROP TABLE settings")
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, fail))
        with pytest.raises(ZeroDivisionError):
            reopened()
    assert states(reopened()) == {"a": "finished", "b": "queued"}


def limit(registry, pages: int) -> None:
    registry._storage.read(
        lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()
    )


def test_a_full_disk_is_a_clear_error_and_changes_nothing(logs, reopened):
    registry = reopened()
    limit(registry, 1)  # no more than there are
    before = registry.entries()
    names = [f"c{number}" for number in range(50)]
    with pytest.raises(RunError, match="the disk is full") as caught:
        queued(registry, *names)
    assert "Make room" in caught.value.hint
    assert registry.entries() == before
    limit(registry, 100_000)
    registry.refresh()
    assert len(registry.queue()) == 51
    edit(logs, "PRAGMA integrity_check")


def test_what_could_not_be_taken_in_is_looked_at_again(logs, monkeypatch):
    with opened(logs, clock=Clock(4e9)) as registry:
        registry.refresh()
        in_state(logs, RunState.LOST, "c")
        limit(registry, 1)
        for number in range(60):
            in_state(logs, RunState.LOST, f"d{number}")
        with pytest.raises(RunError, match="the disk is full"):
            registry.refresh()
        limit(registry, 100_000)
        registry.refresh()
        assert len(registry.entries()) == 63


def test_a_disk_too_full_for_run_json_says_so(logs, reopened, monkeypatch):
    def refuse(path, text, **options):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    registry = reopened()
    with monkeypatch.context() as patched:
        patched.setattr(atomic, "write_text", refuse)
        with pytest.raises(RunError, match=r"run\.json: No space left on device"):
            registry.ask("lr/b", Wanted.STOP)
    assert registry.entry("lr/b").state is RunState.STOPPED
    registry.ask("lr/b", Wanted.STOP)
    assert said(registry, "lr/b") is RunState.STOPPED


def test_a_folder_that_vanishes_is_a_clear_error_and_does_not_come_back(logs, reopened):
    registry = reopened()
    shutil.rmtree(logs)
    for act in (
        registry.entries,
        registry.version,
        lambda: registry.claim("lr/b", "cpu/0"),
        registry.refresh,
    ):
        with pytest.raises(RunError, match="No such file or directory"):
            act()
    assert registry.is_replaced()
    assert not logs.exists()


def test_a_database_that_others_keep_busy_is_a_clear_error(logs, monkeypatch):
    monkeypatch.setattr(storage, "BUSY_S", 0.01)
    other = sqlite3.connect(logs / NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with opened(logs) as registry:
        assert len(registry.entries()) == 2
        with pytest.raises(RunError, match="other processes keep it busy"):
            registry.claim("lr/b", "cpu/0")
        other.execute("ROLLBACK")
        other.close()
        assert registry.claim("lr/b", "cpu/0") is not None


def test_one_who_rebuilds_for_ever_is_a_clear_error(logs, monkeypatch):
    monkeypatch.setattr(gate, "PATIENCE_S", 0.01)
    with opened(logs) as registry:
        with gate.alone(logs), pytest.raises(RunError, match="has been rebuilding the registry for too long"):
            registry.claim("lr/b", "cpu/0")
        assert registry.claim("lr/b", "cpu/0") is not None


def test_a_folder_where_the_database_should_be(tmp_path):
    (tmp_path / NAME).mkdir()
    with pytest.raises(RunError, match="can't be opened"):
        Registry.open(tmp_path, warn=never)


def test_our_own_mistakes_are_not_the_file_s(logs, reopened):
    registry = reopened()
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        registry._storage.read(lambda connection: connection.execute("SELECT * FROM rnus"))
    with pytest.raises(ZeroDivisionError):
        registry._storage.write(
            lambda connection: (connection.execute("DELETE FROM runs"), 1 / 0)  # not by half
        )
    assert len(registry.entries()) == 2
