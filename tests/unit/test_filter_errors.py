"""What is said of a filter that can't be read, and at which column."""

from __future__ import annotations

import pytest

from fashiontui.errors import FilterError, UsageError
from fashiontui.runs.filter.filter import parse_filter


def error_of(text):
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "column", "said", "hint"),
    [
        # keys
        ("model=cnn dropot>=0.3", 10, "unknown key `dropot`", "Did you mean `dropout`?"),
        ("Dropout=1", 0, "unknown key `Dropout`", "`dropout`"),
        ("stat:running", 0, "unknown key `stat`", "`state`"),
        ("(model.dropuot=1)", 1, "unknown key", "`model.dropout`"),
        ("test_acc>0.9", 0, "unknown key", "`test_accuracy`"),
        ("best_valid_accuracy>0.9", 0, "unknown key", "`best.valid_accuracy`"),
        ("xyzzy=1", 0, "unknown key `xyzzy`", "Keys are settings"),
        ("best.=1", 0, "unknown key `best.`", ""),
        ("model.options.=1", 0, "unknown key", ""),
        ("a name=x", 2, "`name` may be `dataset.name` or `optimizer.name`", "Write more"),
        ("not=1", 0, "unknown key `not`", ""),
        ("best.valid_acuracy>1", 5, "unknown metric `valid_acuracy`", "`valid_accuracy`"),
        ("seed=1 best_epoch.xyzzy>1", 18, "unknown metric `xyzzy`", "Metrics are `train_loss`"),
        ('"dropout"=1', 0, "a key is written without quotes", ""),
        # operators
        ("dropout=>3", 7, "`=>` is no operator", "`>=`"),
        ("dropout =< 3", 8, "`=<` is no operator", "`<=`"),
        ("dropout<>3", 7, "`<>` is no operator", "`!=`"),
        ("dropout=!3", 7, "`=!` is no operator", "`!=`"),
        ("dropout::3", 7, "`::` is no operator", "Operators are = =="),
        ("a <1", 0, "unknown key", ""),
        (">=1", 0, "`>=` needs a key before it", "dropout>=0.3"),
        ("seed=1=2", 6, "`=` needs a key before it", ""),
        ("a && b", 2, "`&&` means nothing here", "Write `and`."),
        ("a | b", 2, "`|` means nothing here", "Write `or`."),
        ("a !b", 2, "`!` means nothing here", "Write `not`."),
        # values
        ("dropout=", 8, "a value is missing after `=`", ""),
        ("dropout>= ", 10, "a value is missing after `>=`", ""),
        ("(dropout=)", 9, "a value is missing after `=`", ""),
        ("dropout= and seed=1", 9, "a value is missing after `=`", '"and"'),
        ("dropout=(1)", 8, "a value is missing after `=`", ""),
        ("state:running,", 14, "a value is missing after `,`", ""),
        ("state:,running", 6, "a value is missing after `:`", ""),
        ("a, b", 1, "a comma only goes between values", ""),
        (", b", 0, "a comma only goes between values", ""),
        ("dropout>high", 8, "`>` needs a number, and `high` is none", "= or !="),
        ("dropout>1e999", 8, "needs a number", ""),
        ("dropout>nan", 8, "needs a number", ""),
        ("dropout>1_", 8, "needs a number", ""),
        ('dropout>"0.3"', 8, "needs a number", ""),
        ("dropout<true", 8, "needs a number", ""),
        ("dropout<=none", 9, "needs a number", ""),
        ("seed>2h", 5, "needs a number", ""),
        ("train_seconds>soon", 14, "needs a number", "90s"),
        ("dropout>0.1,0.2", 12, "`>` compares with one value", ""),
        ("model>cnn", 5, "`model.kind` is a text, and has no `>`", "= or !="),
        ("run>=2026", 3, "`run_id` is a text", ""),
        ("state<running", 5, "`state` is a text", ""),
        ("state:runing", 6, "no state is called `runing`", "`running`"),
        ("state!=finished,xyzzy", 16, "no state is called `xyzzy`", "States are queued, "),
        ('state="run*"', 6, "no state is called `run*`", ""),
        ("age<2", 4, "an age is a number with a unit, and `2` is none", "90s"),
        ("age=old", 4, "an age is", ""),
        ("age<2h,3h", 7, "compares with one value", ""),
        ("created>2h", 8, "`2h` is no date", "age<2h"),
        ("created=2026-02-30", 8, "is no date", ""),
        ("created=2026", 8, "is no date", ""),
        ("created<9999-12-31T23:59:59", 8, "is no date", ""),
        # quotes
        ('a "b', 2, "this quote is never closed", ""),
        ("study='b", 6, "this quote is never closed", ""),
        ('"a"b', 3, "a space is missing after the quoted text", ""),
        ("study=\"a\"'b'", 9, "a space is missing after the quoted text", ""),
        # globs
        ("a " + "[" * 201, 2, "a glob has at most 200 characters", ""),
        ("study=" + "*x" * 101, 6, "a glob has at most 200 characters", ""),
        # structure
        ("(a or b", 0, "this `(` is never closed", ""),
        ("a (b (c)", 2, "this `(` is never closed", ""),
        ("a) b", 1, "this `)` closes nothing", ""),
        (")", 0, "something is missing before `)`", ""),
        ("()", 1, "there is nothing between these parentheses", ""),
        ("a and", 5, "something is missing after `and`", ""),
        ("or a", 0, "something is missing before `or`", '"or"'),
        ("a or or b", 5, "something is missing after `or`", '"or"'),
        ("a and or b", 6, "something is missing after `and`", ""),
        ("(a or )", 6, "something is missing after `or`", ""),
        ("(and a)", 1, "something is missing after `(`", ""),
        ("not", 3, "something is missing after `not`", ""),
        ("a not", 5, "something is missing after `not`", ""),
        ("(" * 60 + "a" + ")" * 60, 50, "more than 50 parentheses", ""),
        ("not " * 60 + "a", 200, "more than 50 parentheses", ""),
    ],
)  # fmt: skip
def test_every_mistake_has_its_column(text, column, said, hint):
    error = error_of(text)
    assert error.column == column
    assert said in error.message
    assert hint in error.hint
    assert isinstance(error, UsageError)
    assert error.exit_code == 2


def test_the_caret_stands_below_the_place():
    assert str(error_of("model=cnn dropot>=0.3")) == (
        "unknown key `dropot`\n  model=cnn dropot>=0.3\n            ^\nDid you mean `dropout`?"
    )


def test_the_caret_at_the_end():
    assert error_of("seed=").message.splitlines()[1:] == ["  seed=", "       ^"]


def test_a_long_filter_is_shown_around_the_place():
    text = " and ".join(["model=cnn"] * 40 + ["dropot=1"] + ["model=cnn"] * 40)
    _, shown, caret = error_of(text).message.splitlines()
    assert len(shown) < 130
    assert shown.startswith("  …")
    assert shown.endswith("…")
    assert shown[caret.index("^") :].startswith("dropot=1")


def test_no_escape_sequence_of_a_filter_reaches_the_terminal():
    error = error_of("study='\x1b[31m\n' x\x1b[0m=1")
    assert "\x1b" not in str(error)
    assert "unknown key `x\\x1b[0m`" in error.message
    _, shown, caret = error.message.splitlines()
    assert shown[caret.index("^") :].startswith("x\\x1b[0m=1")


def test_wide_letters_take_two_columns_of_the_caret():
    _, shown, caret = error_of("study=日本 dropot=1").message.splitlines()
    assert caret.index("^") == shown.index("dropot") + 2
    _, shown, caret = error_of("study=e\u0301 dropot=1").message.splitlines()
    assert caret.index("^") == shown.index("dropot") - 1
