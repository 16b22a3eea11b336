from __future__ import annotations

import gzip
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tiny_dataset import NAMES, contents, packed, tiny_set, without_sums, write_files

from fashiontui.datasets.download import fetch
from fashiontui.datasets.known import KNOWN
from fashiontui.datasets.load import read_known
from fashiontui.errors import DataError, DataMissingError

TINY = tiny_set("tiny")
GOOD = {f"/{name}.gz": packed(content) for name, content in zip(NAMES, contents(), strict=True)}
FIRST = f"/{NAMES[0]}.gz"


@pytest.fixture(autouse=True)
def _tiny(monkeypatch):
    monkeypatch.setitem(KNOWN, "tiny", TINY)
    monkeypatch.setenv("no_proxy", "*")


@contextmanager
def serving(bodies: dict[str, bytes], *, cut: int = 0):
    """A mirror on this machine; it promises `cut` bytes more than it sends. Gives its address and what was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            if self.path not in bodies:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(bodies[self.path]) + cut))
            self.end_headers()
            self.wfile.write(bodies[self.path])

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/", asked
        finally:
            server.shutdown()
            thread.join()


def test_files_arrive_whole_and_verified(tmp_path):
    steps = []
    with serving(GOOD) as (mirror, _):
        paths = fetch(TINY, tmp_path / "new" / "tiny", lambda *step: steps.append(step), [mirror])
    assert [path.name for path in paths] == [f"{name}.gz" for name in NAMES]
    assert [path.read_bytes() for path in paths] == list(GOOD.values())
    assert sorted((tmp_path / "new" / "tiny").iterdir()) == sorted(paths)
    assert [(file.name, done, total) for file, done, total in steps] == [
        (name, len(body), len(body)) for name, body in zip(NAMES, GOOD.values(), strict=True)
    ]
    read_known("tiny", tmp_path / "new" / "tiny")


def test_sound_files_are_kept(tmp_path):
    write_files(tmp_path, compress=False)
    with serving(GOOD) as (mirror, asked):
        paths = fetch(TINY, tmp_path, mirrors=[mirror])
    assert asked == []
    assert [path.name for path in paths] == list(NAMES)


@pytest.mark.parametrize("compress", [True, False])
def test_a_damaged_file_is_replaced(tmp_path, compress):
    write_files(tmp_path, compress=compress)
    damaged = tmp_path / (NAMES[0] + ".gz" * compress)
    damaged.write_bytes(damaged.read_bytes()[:100])
    with serving(GOOD) as (mirror, asked):
        fetch(TINY, tmp_path, mirrors=[mirror])
    assert asked == [FIRST]
    read_known("tiny", tmp_path)


def test_the_next_mirror_is_asked_where_one_has_nothing(tmp_path):
    with serving({}) as (empty, asked), serving(GOOD) as (mirror, _):
        fetch(TINY, tmp_path, mirrors=[empty, mirror])
    assert asked == list(GOOD)
    read_known("tiny", tmp_path)


@pytest.mark.parametrize(
    ("body", "cut", "reason"),
    [
        (GOOD[FIRST][:500], 0, "what came: its gzip stream is cut off"),
        (GOOD[FIRST][:500], 400, "the connection broke off after 500 of 900 bytes"),
        (b"<html>log in</html>", 0, "what came: it is no IDX file"),
        (
            packed(contents()[1]),
            0,
            "what came should hold Tiny's training images .* but holds Tiny's training labels",
        ),
        (packed(contents(seed=1)[0]), 0, "what came: its form is right, but its bytes are not"),
    ],
)
def test_a_bad_answer_leaves_nothing_and_says_why(tmp_path, body, cut, reason):
    with (
        serving({FIRST: body}, cut=cut) as (mirror, _),
        pytest.raises(DataMissingError, match=reason) as caught,
    ):
        fetch(TINY, tmp_path, mirrors=[mirror])
    assert list(tmp_path.iterdir()) == []
    assert mirror in caught.value.message
    assert "--dataset synthetic" in caught.value.hint


def test_without_published_sums_of_the_content_the_gzip_file_itself_must_be_the_published_one(tmp_path):
    dataset = without_sums(TINY)
    KNOWN["tiny"] = dataset  # the fixture puts it back
    repacked = {path: gzip.compress(gzip.decompress(body), 1) for path, body in GOOD.items()}
    with serving(repacked) as (mirror, _), pytest.raises(DataMissingError, match="not the published file"):
        fetch(dataset, tmp_path, mirrors=[mirror])
    with serving(GOOD) as (mirror, _):
        fetch(dataset, tmp_path, mirrors=[mirror])
    read_known("tiny", tmp_path)


def test_no_network_is_data_missing(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        mirror = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        with pytest.raises(DataMissingError, match="Connection refused"):
            fetch(TINY, tmp_path, mirrors=[mirror])
    assert list(tmp_path.iterdir()) == []


def test_a_silent_server_is_given_up_on(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        mirror = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(DataMissingError, match="timed out"):
            fetch(TINY, tmp_path, mirrors=[mirror], timeout_s=0.05)


def test_an_interrupted_download_leaves_nothing(tmp_path):
    def interrupt(*_):
        raise KeyboardInterrupt

    with serving(GOOD) as (mirror, _), pytest.raises(KeyboardInterrupt):
        fetch(TINY, tmp_path, interrupt, [mirror])
    assert list(tmp_path.iterdir()) == []


def test_two_at_once_both_end_well(tmp_path):
    with serving(GOOD) as (mirror, _), ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda _: fetch(TINY, tmp_path, mirrors=[mirror]), range(4)))
    assert len(set(results)) == 1
    assert sorted(tmp_path.iterdir()) == sorted(results[0])
    read_known("tiny", tmp_path)


def test_parts_of_a_killed_process_are_removed_once_they_are_old(tmp_path):
    old, young = tmp_path / ".a.gz.1.part", tmp_path / ".b.gz.2.part"
    for part in (old, young):
        part.write_bytes(b"")
    os.utime(old, (0, 0))
    write_files(tmp_path)
    fetch(TINY, tmp_path, mirrors=[])
    assert not old.exists()
    assert young.exists()


def test_a_part_that_is_moved_into_place_meanwhile_does_no_harm(tmp_path):
    (tmp_path / ".a.gz.1.part").symlink_to(tmp_path / "gone")  # listed, but not there any more
    write_files(tmp_path)
    assert len(fetch(TINY, tmp_path, mirrors=[])) == 4


def test_a_folder_that_can_not_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="file/tiny can't be written: Not a directory"):
        fetch(TINY, tmp_path / "file" / "tiny", mirrors=[])
