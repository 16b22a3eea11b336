"""From facts to a report: which sections there are, in which order, and what is not in it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from fashiontui.analysis.decisive import UNDECISIVE, usual_of
from fashiontui.analysis.report.facts import Facts
from fashiontui.analysis.report.groups import FINISHED
from fashiontui.analysis.report.model import Missing, Report, Section
from fashiontui.analysis.report.rows import RunRow, Settings
from fashiontui.analysis.report.sections import (
    alike,
    best,
    choosing,
    dataset,
    filters,
    layers,
    matrix,
    mistakes,
    networks,
    overfit,
)
from fashiontui.analysis.report.studies import Study, axes_of
from fashiontui.analysis.report.words import listed, set_word
from fashiontui.runs.sources import SOURCE

Bases = Mapping[str, Mapping[str, Any]]  # settings of the experiments of the file at hand

TITLE: Final = "How these networks learn"


def report_of(
    facts: Sequence[Facts], rows: Sequence[RunRow], notes: Sequence[str], created: str, bases: Bases
) -> Report:
    """All sections of all datasets, one dataset after the other."""
    several = len(facts) > 1
    sections = [
        _marked(section, each) if several else section for each in facts for section in sections_of(each)
    ]
    return Report(
        TITLE,
        created,
        tuple(_summary(facts, rows)),
        tuple(sections),
        tuple(_absent(facts)),
        tuple(dict.fromkeys(notes)),
        tuple((row.run_id, command(row, bases)) for row in rows),
    )


def sections_of(facts: Facts) -> Iterator[Section]:
    """Those that there is something for."""
    varied = [study for study in facts.studies if _varies(study, facts)]
    plain = [study for study in facts.studies if study not in varied and study.name != networks.STUDY]
    found: list[Section | None] = [
        dataset.section(facts),
        networks.section(facts),
        *(choosing.section(facts, study) for study in plain),
        layers.section(facts),
        alike.section(facts),
        filters.section(facts),
        overfit.section(facts),
        *(matrix.section(facts, study) or choosing.section(facts, study) for study in varied),
        mistakes.section(facts),
        best.section(facts),
    ]
    return (section for section in found if section is not None)


def _varies(study: Study, facts: Facts) -> bool:
    return bool(axes_of(study, facts.of_study(study.name)))


def _marked(section: Section, facts: Facts) -> Section:
    """Told apart from the same section of other images."""
    ending = f"-{facts.tag}" if facts.tag else ""
    return replace(section, name=f"{section.name}{ending}", title=f"{section.title} · {facts.data.label}")


def _summary(facts: Sequence[Facts], rows: Sequence[RunRow]) -> Iterator[str]:
    finished = sum(row.state == FINISHED for row in rows)
    machines = len({(row.machine.get("cpu"), row.machine.get("device_name")) for row in rows})
    yield (
        f"{len(rows)} run{'s' * (len(rows) != 1)}, {finished} of them finished, on {machines} kind"
        f"{'s' * (machines != 1)} of machine; {sum(len(each.groups) for each in facts)} different experiments."
    )
    counted = {row.run_id for each in facts for group in each.groups for row in group.rows}
    aside = [row.run_id for row in rows if row.state == FINISHED and row.run_id not in counted]
    if aside:
        yield f"Not counted, since newer runs have the same settings and seed: {listed(aside)}."
    synthetic = [each.data.label for each in facts if each.data.synthetic]
    if synthetic:
        yield f"Synthetic data (drawn by code) were used: {', '.join(synthetic)}. Such results say nothing about real images."
    for each in facts:
        said = networks.headline(each)
        if said:
            yield said


def _absent(facts: Sequence[Facts]) -> Iterator[Missing]:
    """Questions that no run here answers."""
    answered = {name for each in facts for group in each.groups for name in group.studies}
    for each in facts[:1]:
        if each.sample is None and each.rows:
            yield Missing("The dataset: PCA, t-SNE, nearest classes", dataset.command_for(each.data.name))
        for study in each.studies:
            if study.planned and study.name not in answered and study.name != networks.STUDY:
                question = f": {study.question}" if study.question else ""
                yield Missing(f"{study.name}{question}", f"fashiontui run {study.name} --headless --missing")


def _completed(settings: Settings, base: Settings) -> dict[str, Any]:
    """With those of its base's that were not there yet when a run was made: they were as usual."""
    said = {path: value for path, value in settings.items() if value is not None}
    usual = usual_of(said)
    return {**said, **{path: usual[path] for path in base if path in usual and path not in said}}


def command(row: RunRow, bases: Bases) -> str:
    """What makes this run again with the experiments of `bases`; where its experiment is not there, from its folder."""
    base = bases.get(row.base)
    if base is None:
        return shlex.join(["fashiontui", "rerun", row.run_id])
    changed = [
        set_word(path, value)
        for path, value in _completed(row.settings, base).items()
        if not path.startswith((*UNDECISIVE, SOURCE)) and value is not None and value != base.get(path)
    ]
    words = ["fashiontui", "run", row.base, "--headless", "--seed", str(row.seed)]
    if row.machine.get("threads") and row.machine.get("device") == "cpu":
        words += ["--device", "cpu", "--threads", str(row.machine["threads"])]
    return shlex.join([*words, *(word for each in changed for word in ("--set", each))])
