"""Several processes on one registry, at once and killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from support import registry_client
from support.fakes import make_run
from support.registry import in_state, opened, queued

from fashiontui.runs.registry.database import NAME
from fashiontui.runs.state import RunState

CLIENT = (sys.executable, registry_client.__file__)
FOLDER = Path(registry_client.__file__).parent.parent


class Clients:
    """Processes that wait for each other before they begin."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[str]] = []

    def ready(self, *arguments: object) -> subprocess.Popen[str]:
        """One more, that is there and waits."""
        process = subprocess.Popen(
            [*CLIENT, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(FOLDER)},
        )
        self._processes.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    def go(self) -> list[dict]:
        """Have all begin, and what each says in the end."""
        for process in self._processes:
            begin(process)
        said = [json.loads(process.communicate()[0]) for process in self._processes]
        assert [process.returncode for process in self._processes] == [0] * len(said)
        self._processes.clear()
        return said

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.communicate()


def begin(process: subprocess.Popen[str]) -> None:
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.fixture
def clients():
    clients = Clients()
    yield clients
    clients.close()


@pytest.fixture
def logs(tmp_path):
    return tmp_path / "logs"


def check(logs: Path) -> None:
    """The database is whole."""
    connection = sqlite3.connect(logs / NAME)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_eight_processes_enqueue_fifty_runs_each(clients, logs):
    for who in range(8):
        clients.ready("enqueue", logs, who, 50)
    said = clients.go()
    assert all(not each["warnings"] for each in said)
    keys = {key for each in said for key in each["found"]}
    with opened(logs) as registry:
        queue = registry.queue()
        assert len(queue) == len(keys) == 400
        assert {entry.key for entry in queue} == keys
        assert len({entry.position for entry in queue}) == 400
        for each in said:  # every client's own are in its order
            mine = set(each["found"])
            assert [entry.key for entry in queue if entry.key in mine] == each["found"]
    check(logs)


def test_of_several_who_claim_one_gets_it(clients, logs):
    with opened(logs) as registry:
        keys = queued(registry, *(f"{number:03}" for number in range(60)))
    for who in range(4):
        clients.ready("claim", logs, f"cpu/{who}")
    claimed = [key for each in clients.go() for key in each["found"]]
    assert sorted(claimed) == keys
    with opened(logs) as registry:
        assert {entry.attempts for entry in registry.live()} == {1}
        assert len(registry.live()) == 60


def test_two_who_want_different_things_of_a_run_leave_table_and_folder_agreed(clients, logs):
    with opened(logs) as registry:
        (key,) = queued(registry, "a")
    for _ in range(3):
        clients.ready("toggle", logs, key, 15)
    assert not any(each["warnings"] for each in clients.go())
    with opened(logs) as registry:
        assert registry.entry(key).state is RunState.QUEUED
    assert '"state": "queued"' in (logs / key / "run.json").read_text()


@pytest.mark.parametrize("writes", [1, 20, 100])
def test_a_writer_that_is_killed_leaves_all_it_had_written(clients, logs, writes):
    with opened(logs) as registry:
        (key,) = queued(registry, "a")
    writer = clients.ready("write", logs, key)
    begin(writer)
    for _ in range(writes):
        last = writer.stdout.readline()
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    with opened(logs) as registry:
        number = int(registry.setting("number"))
        assert number >= int(last)
        assert registry.entry(key).reason in (f"reason {number}" * 50, f"reason {number - 1}" * 50)
    check(logs)


def garble(path: Path) -> None:
    path.write_bytes(b"this was a database once. " * 1000)


def garble_facts(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("UPDATE facts SET json = '['")
    connection.close()


@pytest.mark.parametrize("damage", [garble, garble_facts, Path.unlink])
def test_of_several_who_find_a_damaged_database_one_makes_it_anew(clients, logs, damage):
    for number in range(20):
        in_state(logs, RunState.FINISHED, f"{number:02}")
    with opened(logs):
        pass
    damage(logs / NAME)
    for _ in range(4):
        clients.ready("see", logs)
    said = clients.go()
    assert [each["found"] for each in said] == [20] * 4
    warnings = [warning for each in said for warning in each["warnings"]]
    assert len(warnings) == (0 if damage is Path.unlink else 1)
    aside = {path.name.removesuffix("-wal").removesuffix("-shm") for path in logs.glob("*.damaged-*")}
    assert len(aside) == len(warnings)
    with opened(logs) as registry:
        assert len(registry.entries()) == 20
        assert registry.setting("seen") == "1"
    check(logs)


def test_one_who_is_killed_while_making_a_database_anew_is_relieved(clients, logs):
    in_state(logs, RunState.FINISHED)
    os.mkfifo(make_run(logs, "lr", "b").root / "pipe")
    record = logs / "lr" / "b" / "run.json"
    record.unlink()
    (logs / "lr" / "b" / "pipe").rename(record)  # whoever reads it waits for ever
    stuck = clients.ready("see", logs)
    begin(stuck)
    with record.open("w"):  # which returns once it is being read
        stuck.send_signal(signal.SIGKILL)
        stuck.wait()
    assert (logs / f"{NAME}.new").exists()
    assert not (logs / NAME).exists()
    record.unlink()
    with opened(logs) as registry:
        assert [entry.run_id for entry in registry.entries()] == ["a"]
    assert not (logs / f"{NAME}.new").exists()


def test_a_file_that_can_t_grow_is_a_clear_error_and_stays_whole(clients, logs):
    with opened(logs):
        pass
    for number in range(100):
        make_run(logs, "lr", f"{number:03}")
    clients.ready("fill", logs, 30_000)
    (said,) = clients.go()
    assert said["found"].startswith(f"{logs / NAME}: reading or writing failed")
    assert said["warnings"] == []
    check(logs)
    with opened(logs) as registry:
        assert registry.queue() == []
        registry.refresh()
        assert len(registry.entries()) == 100
