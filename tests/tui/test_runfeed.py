"""Reading in threads, for what can be seen."""

from __future__ import annotations

import asyncio
import threading

import pytest
from support.event_logs import framed, scalar, version, write_events
from support.pilot import until
from textual.app import App
from textual.message import Message
from textual.widget import Widget

from fashiontui.tui.poller import Poller
from fashiontui.tui.runfeed import RunFeed


class Looked(Message):
    pass


class Owner(Widget):
    def __init__(self):
        super().__init__()
        self.messages = []
        self.looks = 0
        self.threads = set()
        self.at_once = 0
        self.most_at_once = 0
        self.poller = Poller(self, "test", 0.01, self.look)
        self.feed = RunFeed(self)

    def look(self):
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.looks += 1
        self.threads.add(threading.get_ident())
        try:
            yield Looked()
        finally:
            self.at_once -= 1

    def on_looked(self, event):
        self.messages.append(event)

    def on_run_feed_run_read(self, event):
        self.messages.append(event)

    def on_run_feed_run_unreadable(self, event):
        self.messages.append(event)


class OwnerApp(App[None]):
    def compose(self):
        yield Owner()


def owning(act):
    async def run():
        app = OwnerApp()
        async with app.run_test() as pilot:
            await act(app.query_one(Owner), pilot)

    asyncio.run(run())


def test_it_looks_in_a_thread_one_look_at_a_time():
    async def act(owner, pilot):
        owner.poller.resume()
        owner.poller.resume()
        owner.poller.nudge()
        await until(pilot, lambda: len(owner.messages) > 4)
        owner.poller.pause()
        assert threading.get_ident() not in owner.threads
        assert owner.most_at_once == 1

    owning(act)


def test_it_rests_while_it_is_paused():
    async def act(owner, pilot):
        owner.poller.nudge()
        await pilot.pause(0.05)
        assert owner.looks == 0
        owner.poller.resume()
        await until(pilot, lambda: owner.looks > 0)
        owner.poller.pause()
        await until(pilot, lambda: owner.at_once == 0)
        looks = owner.looks
        await pilot.pause(0.05)
        assert owner.looks == looks

    owning(act)


def test_what_goes_wrong_in_a_look_ends_the_app():
    async def act(owner, pilot):
        def look():
            raise ZeroDivisionError
            yield

        poller = Poller(owner, "bad", 60.0, look)
        poller.resume()
        await until(pilot, lambda: not poller.is_active)
        await pilot.pause()

    with pytest.raises(ZeroDivisionError):
        owning(act)


def test_its_thread_ends_with_its_owner():
    async def act(owner, pilot):
        owner.poller.resume()
        await until(pilot, lambda: owner.looks > 0)
        await owner.remove()
        await until(pilot, lambda: not owner.poller.is_active)
        await until(pilot, lambda: not owner.threads & {thread.ident for thread in threading.enumerate()})

    owning(act)


def test_one_that_is_resumed_at_once_goes_on_in_one_thread():
    async def act(owner, pilot):
        for _ in range(50):
            owner.poller.resume()
            owner.poller.pause()
        owner.poller.resume()
        looks = owner.looks
        await until(pilot, lambda: owner.looks > looks + 2)
        assert owner.most_at_once == 1

    owning(act)


def test_runs_are_read_and_followed(tmp_path):
    path = write_events(tmp_path / "one", "1", [version(), scalar(1)])
    (tmp_path / "empty").mkdir()

    def views(owner, key):
        return [message.view for message in owner.messages if message.key == key]

    async def act(owner, pilot):
        owner.feed.follow({"one": tmp_path / "one", "empty": tmp_path / "empty"}, live=["one"])
        assert owner.feed.is_following("one")
        owner.feed.resume()
        await until(pilot, lambda: bool(views(owner, "one")) and bool(views(owner, "empty")))
        with path.open("ab") as file:
            file.write(framed([scalar(2)]))
        await until(pilot, lambda: len(views(owner, "one")[-1].scalars["loss"]) == 2)
        assert len(views(owner, "one")) == 2
        assert len(views(owner, "empty")) == 1
        owner.feed.follow({"one": tmp_path / "one"})
        assert not owner.feed.is_following("empty")

    (tmp_path / "one").mkdir(exist_ok=True)
    owning(act)


def test_a_folder_that_can_not_be_read_is_told(tmp_path):
    (tmp_path / "file").write_text("x")

    async def act(owner, pilot):
        owner.feed.follow({"bad": tmp_path / "file" / "below"})
        owner.feed.resume()
        await until(pilot, lambda: bool(owner.messages))
        assert "Not a directory" in owner.messages[0].problem

    owning(act)
