"""The page needs nothing from outside, whatever names hold; Markdown and files fit it."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from fashiontui.analysis.gif import animation
from fashiontui.analysis.report.charts import Dot, Dots, Heat, Pictures, Places
from fashiontui.analysis.report.drawing import draw, page_svg
from fashiontui.analysis.report.html import page
from fashiontui.analysis.report.looks import INK
from fashiontui.analysis.report.markdown import document
from fashiontui.analysis.report.model import Figure, Film, Missing, Report, Section, Table, seeds_label
from fashiontui.analysis.report.panels import Curve, Mark, Panel, Panels
from fashiontui.analysis.report.write import prepare, write
from fashiontui.errors import RunError

EVIL = '<script>alert("x")</script> [bold] $x_1$ \x1b[31m | `a` 漢字 مرحبا'
XS = np.array([1.0, 2.0, 3.0])
CHARTS = {
    "panels": Panels(
        (
            Panel(
                "a", "epoch", "loss",
                (
                    Curve(EVIL, XS, XS / 100, "#d55e00", "o", std=XS / 1000),
                    Curve("b", XS, XS, "#1480c4", dashed=True, between=((XS, XS + 1),)),
                    Curve("c", XS[:1], XS[:1], "#1480c4", "s", joined=False, std=XS[:1]),
                ),
                log_x=True, log_y=True, marks=(Mark(2.0, "m", "#7f7f7f"),), texts=((1.0, 1.0, EVIL),),
            ),
            Panel("b", "x", "y", (Curve("b", XS, XS, "#1480c4"),), ticks=((1.0, "one" * 20), (2.0, "two"))),
            Panel("nothing is above zero", "x", "y", (Curve("b", XS, -XS, "#1480c4"),), log_y=True),
        )
    ),
    "dots": Dots((Dot("a", 0.5, 0.1, "#1480c4", "s", 0.4), Dot(EVIL, 0.6, None, "#d55e00")), "accuracy", "older"),
    "heat": Heat(np.array([[9.0, 1.0], [np.nan, 6.0]]), ("a", "b"), ("a", "b"), "x", "y", skip_diagonal=True),
    "large": Heat(np.eye(40), tuple("ab" * 20), tuple("ab" * 20), EVIL, "y"),
    "places": Places(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0, 1], np.uint8), ("a", EVIL), "x", "y"),
    "pictures": Pictures((np.eye(4, dtype=np.uint8) * 255,) * 3, ("one\ntwo", EVIL, ""), columns=2),
}  # fmt: skip


def figure(name="panels"):
    return Figure(
        name,
        f"Title {EVIL}",
        CHARTS[name],
        "synthetic · seed 1 · not smoothed",
        ("run-1", "run-2"),
        "A note.",
    )


def report(*parts, **changes):
    section = Section(
        "one", f"Section {EVIL}", "Why?", (f"Said {EVIL}",), parts, (Missing(EVIL, "fashiontui run x"),)
    )
    values = {
        "title": "A report", "created": "today", "summary": (EVIL,), "sections": (section,),
        "missing": (Missing("more", "fashiontui run y"),), "notes": (EVIL,), "reproduce": (("run-1", "fashiontui run z"),),
    }  # fmt: skip
    return Report(**{**values, **changes})


TABLE = Table("Numbers", ("name", "a|b"), ((EVIL, "0.5"), ("b", "0.6")), best=frozenset({(1, 1)}), note=EVIL)
FILM = Film(
    "film",
    "A film",
    animation([np.zeros((4, 4), np.uint8), np.full((4, 4), 9, np.uint8)]),
    "mnist",
    ("run-1",),
)


class Reader(HTMLParser):
    """Keeps what a browser would fetch, tags with their attributes, and text."""

    VOID = frozenset({"meta", "link", "img", "br"})

    def __init__(self, text):
        super().__init__()
        self.fetched, self.tags, self.ids, self.open, self.words = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        said = dict(attrs)
        self.ids += [said["id"]] if "id" in said else []
        self.fetched += [
            value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "data", "srcset")
        ]
        self.fetched += re.findall(r"url\(([^)]*)\)", " ".join(value or "" for _, value in attrs))
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def written():
    figures = [figure(name) for name in CHARTS]
    return page(report(TABLE, FILM, *figures), {each.name: draw(each) for each in figures})


def test_nothing_is_fetched_and_all_tags_are_closed(written):
    found = Reader(written)
    assert found.open == []
    assert all(place.startswith(("#", "data:")) for place in found.fetched), found.fetched
    assert not {"script", "iframe", "object", "embed", "base"} & set(found.tags)
    assert not re.search(r"@import|url\(\s*['\"]?(?!#)", written)
    assert "http" not in written
    assert found.tags.count("svg") == len(CHARTS)
    assert found.tags.count("img") == 1


def test_links_within_the_page_lead_somewhere_and_no_two_ids_are_alike(written):
    found = Reader(written)
    wanted = {place[1:] for place in found.fetched if place.startswith("#")}
    assert wanted <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))


def test_names_are_words_and_nothing_else(written):
    assert "<script>alert" not in written
    assert "\x1b" not in written
    words = "".join(Reader(written).words)
    assert 'alert("x")' in words
    assert "$x_1$" in words
    assert "漢字" in words


def test_charts_take_the_colour_of_the_page_and_say_what_they_are(written):
    assert "currentColor" in written
    assert INK not in written.partition("<body>")[2]
    assert 'role="img"' in written
    assert "prefers-color-scheme: dark" in written
    assert "@media print" in written
    assert "synthetic · seed 1 · not smoothed" in written
    assert "run-1, run-2" in written


def test_the_film_is_in_the_page(written):
    (source,) = [place for place in Reader(written).fetched if place.startswith("data:image/gif")]
    assert base64.b64decode(source.partition(",")[2]) == FILM.gif


def test_markdown_links_to_files_beside_it():
    said = document(report(TABLE, FILM, figure()))
    assert re.findall(r"\]\(([^)]*)\)", said) == ["figures/film.gif", "figures/panels.png"]
    assert "| b | **0.6** |" in said
    assert "a\\|b" in said
    assert "\\<script\\>" in said
    assert "fashiontui run z  # run-1" in said
    assert "To add it: `fashiontui run x`" in said


def test_the_same_chart_is_the_same_file():
    first, second = draw(figure()), draw(figure())
    assert first == second
    assert first.png.startswith(b"\x89PNG")


def test_a_label_names_each_seed_once():
    assert seeds_label("mnist", [2, 1, 1]) == "mnist · seeds 1, 2 · not smoothed"
    assert seeds_label("mnist", [7], "smoothed over 5 points") == "mnist · seed 7 · smoothed over 5 points"


def test_files_are_written_named_and_forgotten(tmp_path):
    told = []
    prepare(tmp_path, tmp_path / "runs.csv")
    (tmp_path / "figures" / "mine.png").write_bytes(b"")
    write(report(FILM, figure()), tmp_path, lambda *said: told.append(said))
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {"mine.png", "film.gif", "panels.png"}
    assert told == [("drawing", 0, 2), ("drawing", 1, 2), ("drawing", 2, 2)]
    sources = json.loads((tmp_path / "figures.json").read_text())
    assert sources["panels.png"]["runs"] == ["run-1", "run-2"]
    assert sources["film.gif"]["label"] == "mnist"
    write(report(FILM), tmp_path, lambda *_: None)
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {"mine.png", "film.gif"}


def test_an_old_list_of_figures_removes_nothing_outside_its_folder(tmp_path):
    prepare(tmp_path / "out", tmp_path / "runs.csv")
    (tmp_path / "secret.png").write_bytes(b"")
    (tmp_path / "out" / "figures.json").write_text(json.dumps({"../../secret.png": {}, "..": {}}))
    write(report(), tmp_path / "out", lambda *_: None)
    assert (tmp_path / "secret.png").exists()


def test_a_folder_that_cannot_be_made_is_said_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="can't be written"):
        prepare(tmp_path / "file", tmp_path / "runs.csv")
    with pytest.raises(RunError, match="can't be written"):
        prepare(tmp_path / "out", tmp_path / "file" / "runs.csv")


def test_coordinates_are_rounded_and_words_are_not():
    svg = '<svg width="10pt" height="5pt"><g id="a"><text x="1.23456" y="2">0.0001, 0.9999</text></g></svg>'
    found = page_svg(svg, "rates")
    assert 'x="1.23"' in found
    assert ">0.0001, 0.9999<" in found
