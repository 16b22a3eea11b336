"""Where tokens begin and end, and what quotes and escapes mean."""

from __future__ import annotations

import pytest

from fashiontui.runs.filter.lexer import Kind, tokens


def read(text):
    return [(token.kind.name, token.text) for token in tokens(text)[:-1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\n", []),
        ("cnn1", [("WORD", "cnn1")]),
        ("a>=0.3", [("WORD", "a"), ("OPERATOR", ">="), ("WORD", "0.3")]),
        (" a  >=  0.3 ", [("WORD", "a"), ("OPERATOR", ">="), ("WORD", "0.3")]),
        ("a!=b", [("WORD", "a"), ("OPERATOR", "!="), ("WORD", "b")]),
        ("a:b,c", [("WORD", "a"), ("OPERATOR", ":"), ("WORD", "b"), ("COMMA", ","), ("WORD", "c")]),
        ("device=cuda:0,cuda:1", [("WORD", "device"), ("OPERATOR", "="), ("WORD", "cuda:0"), ("COMMA", ","),
                                  ("WORD", "cuda:1")]),
        ("(a)", [("OPEN", "("), ("WORD", "a"), ("CLOSE", ")")]),
        ("best.loss/valid<1", [("WORD", "best.loss/valid"), ("OPERATOR", "<"), ("WORD", "1")]),
        ("[!a-c]nn*?", [("WORD", "[!a-c]nn*?")]),
        ("u=[512,256],[1]", [("WORD", "u"), ("OPERATOR", "="), ("WORD", "[512,256]"), ("COMMA", ","), ("WORD", "[1]")]),
        ("a[=b", [("WORD", "a["), ("OPERATOR", "="), ("WORD", "b")]),
        ("a=>b", [("WORD", "a"), ("OPERATOR", "=>"), ("WORD", "b")]),
        ("a=!b", [("WORD", "a"), ("OPERATOR", "=!"), ("WORD", "b")]),
        ("it's", [("WORD", "it's")]),
        ("!a!", [("WORD", "!a!")]),
    ],
)  # fmt: skip
def test_words_and_signs(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('"two words"', "two words"),
        ("'two words'", "two words"),
        ('""', ""),
        ('"it\'s"', "it's"),
        (r'"a \"b\" c"', 'a "b" c'),
        (r"'it\'s'", "it's"),
        (r'"a\\b"', r"a\b"),
        (r'"a\nb\*"', r"a\nb\*"),
        ('"(a, b) = c"', "(a, b) = c"),
        ('"a\nb"', "a\nb"),
        ('"\x1b[31m"', "\x1b[31m"),
    ],
)
def test_quoted_texts(text, meant):
    assert read(text) == [("QUOTED", meant)]
    assert read(f"study={text}")[-1] == ("QUOTED", meant)


@pytest.mark.parametrize("text", ['"', '"abc', r'"abc\"', "'abc\"", '"abc\\'])
def test_a_quote_that_is_never_closed_takes_the_rest(text):
    (token,) = tokens(text)[:-1]
    assert token.kind is Kind.UNCLOSED
    assert (token.column, token.end) == (0, len(text))


def test_columns():
    text = '  ab>= "c d" )'
    assert [text[token.column : token.end] for token in tokens(text)] == ["ab", ">=", '"c d"', ")", ""]
    assert tokens(text)[-1].column == len(text)
