"""The results that are shipped: every table can be made again from the CSV, every figure names runs of it."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from pathlib import Path

import pytest

from fashiontui.analysis.report.build import sections_of
from fashiontui.analysis.report.examples import Site
from fashiontui.analysis.report.gather import gather
from fashiontui.analysis.report.keeping import Keep
from fashiontui.analysis.report.markdown import table
from fashiontui.analysis.report.model import Figure, Film, Table
from fashiontui.analysis.report.rows import read_rows
from fashiontui.analysis.report.studies import studies_in
from fashiontui.config.load import load_config
from fashiontui.config.overrides import parse_overrides
from fashiontui.config.plan import plan_runs
from fashiontui.runs.fingerprint import fingerprint

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "docs" / "results"
DOCUMENT = (RESULTS / "README.md").read_text()


@pytest.fixture(scope="module")
def rows():
    return read_rows(RESULTS / "runs.csv")


@pytest.fixture(scope="module")
def config():
    return load_config(ROOT / "experiments.toml")


@pytest.fixture(scope="module")
def sections(rows, config):
    """Made anew from the table and what is kept beside it; no run folder is there."""
    ((facts,), notes) = gather(
        rows, {}, studies_in(config), Site(digests=Keep(RESULTS / "runs")), lambda *_: None
    )
    assert all(note.startswith("no images of mistakes") for note in notes)  # the data may not be here
    return list(sections_of(facts))


def test_every_table_comes_from_the_csv(sections):
    tables = [part for section in sections for part in section.parts if isinstance(part, Table)]
    assert len(tables) > 5
    for each in tables:
        assert table(each) in DOCUMENT, each.title


def test_every_word_said_comes_from_the_runs(sections):
    text = DOCUMENT.replace("\\", "")
    said = [words for section in sections for words in section.paragraphs if words]
    assert len(said) > 5
    for words in said:
        assert words.replace("\\", "") in text


def test_every_figure_is_there_and_names_its_runs(rows, sections):
    sources = json.loads((RESULTS / "figures.json").read_text())
    known = {row.run_id for row in rows}
    files = {path.name for path in (RESULTS / "figures").iterdir()}
    assert set(sources) == files == set(re.findall(r"\(figures/([^)]+)\)", DOCUMENT))
    for name, figure in sources.items():
        assert name.startswith("dataset-") or (figure["runs"] and set(figure["runs"]) <= known), name
    drawn = {part.name for section in sections for part in section.parts if isinstance(part, (Figure, Film))}
    assert drawn <= {Path(name).stem for name in files}


def test_real_images_alone(rows):
    assert {(row.dataset, row.synthetic) for row in rows} == {("fashion-mnist", False)}


def test_every_network_that_is_shipped_has_its_run_with_these_very_settings(rows, config):
    there = {row.fingerprint for row in rows}
    for name in ("lr", "ann1", "ann2", "ann3", "cnn1", "cnn2", "cnn3", "forest"):
        (planned,) = plan_runs(config, [name])
        assert fingerprint(planned.spec) in there, name


def test_the_command_beside_each_run_makes_it_again(rows, config):
    told = {
        run_id: words
        for words, run_id in re.findall(r"^fashiontui run (.*)  # ([\w-]+)$", DOCUMENT, re.MULTILINE)
    }
    by_id = {row.run_id: row for row in rows if row.fingerprint}
    assert set(told) == set(by_id)
    for run_id, words in told.items():
        name, *options = shlex.split(words)
        said = dict(itertools.pairwise(options))
        overrides = [after for before, after in itertools.pairwise(options) if before == "--set"]
        (planned,) = plan_runs(config, [name], overrides=parse_overrides(overrides), seed=int(said["--seed"]))
        assert fingerprint(planned.spec) == by_id[run_id].fingerprint, words


@pytest.mark.parametrize("marker", ["results", "study"])
def test_the_readme_shows_the_main_tables(marker):
    readme = (ROOT / "README.md").read_text()
    shown = readme.partition(f"<!-- {marker} -->\n")[2].partition(f"<!-- /{marker} -->")[0].strip()
    assert shown.count("\n") > 5
    assert shown in DOCUMENT


def test_nothing_says_where_it_was_made():
    for path in RESULTS.rglob("*"):
        if path.suffix in {".md", ".csv", ".json"}:
            text = path.read_text()
            assert not re.search(r"(/home/|/root|/tmp|/work|/Users)", text), path
