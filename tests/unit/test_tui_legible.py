"""Words stand out from what they are written on, in every theme."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from fashiontui.tui.legible import GROUNDS, LEAST, WORDS, contrast, legible

THEMES = [name for name in BUILTIN_THEMES if not name.startswith("ansi")]


def variables(name):
    return BUILTIN_THEMES[name].to_color_system().generate()


def worst(colours, name):
    word = Color.parse(colours[name])
    grounds = [Color.parse(colours[ground]) for ground in GROUNDS]
    return min(contrast(ground.blend(word.with_alpha(1), word.a), ground) for ground in grounds)


@pytest.mark.parametrize("theme", THEMES)
def test_all_words_can_be_read(theme):
    before = variables(theme)
    after = legible(before)
    most = worst(before, "foreground")
    for name in WORDS:
        assert worst(after, name) >= min(LEAST, most) - 0.05
        if worst(before, name) >= LEAST:
            assert Color.parse(after[name]).rgb == Color.parse(before[name]).rgb
    assert {name: value for name, value in after.items() if name not in WORDS} == {
        name: value for name, value in before.items() if name not in WORDS
    }


def test_contrast_as_it_is_defined():
    assert contrast(Color.parse("#000000"), Color.parse("#ffffff")) == pytest.approx(21.0)
    assert contrast(Color.parse("#777777"), Color.parse("#ffffff")) == pytest.approx(4.48, abs=0.01)
    assert contrast(Color.parse("#123456"), Color.parse("#123456")) == 1.0


def test_a_terminals_own_colours_stay():
    ansi = {"foreground": "ansi_default 50%", "text-accent": "ansi_blue"}
    assert legible(ansi) == ansi
    assert legible({}) == {}
