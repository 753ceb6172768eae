"""A formula is read, and never executed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainfcnn.playground.formula import FUNCTIONS, LONGEST, Formula

X1, X2 = np.random.default_rng(0).normal(size=(2, 50))
NUMBERS = st.recursive(
    st.sampled_from(["x1", "x2", "pi", "2", "0.5"]),
    lambda one: (
        st.builds("({}{}{})".format, one, st.sampled_from("+-*/%"), one)
        | st.builds("-{}".format, one)
        | st.builds("sin({})".format, one)
        | st.builds("max({},{})".format, one, one)
        | st.builds("({})**2".format, one)
    ),
    max_leaves=6,
)
COMPARISONS = st.builds("({}{}{})".format, NUMBERS, st.sampled_from(["<", ">=", ">"]), NUMBERS)
LOGICAL = st.recursive(
    COMPARISONS,
    lambda one: (
        st.builds("({} and {})".format, one, one)
        | st.builds("({} or {})".format, one, one)
        | st.builds("(not {})".format, one)
    ),
    max_leaves=3,
)


def in_python(text, x1, x2):
    """Return what Python itself makes of a formula, one point at a time."""
    known = {name: getattr(np, numpys) for name, numpys in FUNCTIONS.items()}
    known |= {"pi": np.pi, "e": np.e}
    with np.errstate(all="ignore"):
        return [eval(text, known | {"x1": a, "x2": b}) for a, b in zip(x1, x2, strict=True)]


@given(NUMBERS | LOGICAL)
def test_it_says_what_python_would_and_so_does_its_source(text):
    if len(text) > LONGEST:
        return
    try:
        expected = in_python(text, X1, X2)
    except ArithmeticError:
        return
    formula = Formula(text)
    np.testing.assert_allclose(formula(X1, X2), expected, rtol=1e-12)
    with np.errstate(all="ignore"):
        source = eval(formula.source, {"np": np, "x1": X1, "x2": X2})
    assert np.array_equal(np.broadcast_to(source, X1.shape), formula(X1, X2), equal_nan=True)


REFUSED = [
    "__import__('os')", "x1.real", "x1.__class__", "lambda: 1", "[x1 for x in x2]",
    "x1 if x2 else 1",
    "'a'", "open(x1)", "abs(x=1)", "sin(*x1)", "x3", "1j*x1", "True", "x1 = 1", "x1; x2", "~x1",
    "x1 // 2", "x1 @ x2", "x1[0]", "{x1}", "(x1 := 2)", "f'{x1}'", "...", "sin", "1 < x1 < 2",
    "x1 and x2", "(x1 > 0) + 1", "abs(x1 > 0)", "max(x1)", "(" * 90, "-" * 150 + "x1", "\0", "",
    "x1 " * 100, "9**9**9**9", "(-1)**0.5", "1/0", 5, None, ["x1"], "x1 > 'a'", "exec('x1')",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_all_else_is_refused_in_one_line(text):
    with pytest.raises(ValueError, match=r"^formula must .*, got .*: try 'x1\*x2 > 0'$"):
        Formula(text)(X1, X2)


@given(st.text(max_size=60) | st.text(alphabet="x12+-*/(). <>andornt", max_size=40))
def test_no_text_does_anything_but_be_read_or_refused(text):
    try:
        values = Formula(text)(X1, X2)
    except ValueError as refused:
        message = str(refused)
    else:
        message = f"formula must be defined everywhere, and gave {values.shape}"
    assert message.startswith("formula must")
