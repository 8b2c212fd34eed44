"""RFC 8785: the examples of the standard, and every value through bytes and back."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.proof import canonical
from kkpd.core.proof.canonical import MAX_INT, Json

VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INT, MAX_INT) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, b"null"),
        ([True, False, 0, -7], b"[true,false,0,-7]"),
        ({"b": 1, "a": [], "": {}}, b'{"":{},"a":[],"b":1}'),
        ('\u20ac$\u000f\nA\'B"\\\\"/', b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        ("\x7f\u2028", b'"\x7f\xe2\x80\xa8"'),
        ((1, "x"), b'[1,"x"]'),
        # RFC 8785 section 3.2.3: by UTF-16 code unit, so U+1F600 stands before U+FB33
        (
            {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7},
            '{"\\r":2,"1":4,"\x80":6,"\xf6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}'.encode(),
        ),
    ],
)
def test_written_as_the_standard_says(value: Json, written: bytes) -> None:
    assert canonical.dumps(value) == written


@given(VALUES)
def test_same_bytes_as_the_independent_writer(value: Json) -> None:
    written = canonical.dumps(value)
    assert written == rfc8785.dumps(value)
    assert canonical.loads(written) == value


@given(st.dictionaries(st.text(), st.integers(-9, 9)))
def test_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert canonical.dumps(dict(reversed(value.items()))) == canonical.dumps(value)


@pytest.mark.parametrize("value", [1.5, {"a": 1.0}, {1: 2}, [b"x"], {1, 2}, object()])
def test_foreign_types_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical.dumps(value)  # type: ignore[arg-type]  # the point


@pytest.mark.parametrize("value", [MAX_INT + 1, -MAX_INT - 1, "\ud800", {"\udfff": 1}])
def test_values_no_other_reader_would_keep_are_refused(value: Json) -> None:
    with pytest.raises(ValueError):
        canonical.dumps(value)


def test_bottomless_nesting_is_refused() -> None:
    value: Json = []
    for _ in range(200_000):
        value = [value]
    with pytest.raises(ValueError):
        canonical.dumps(value)
    with pytest.raises(ValueError):
        canonical.loads(b"[" * 200_000)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b'"\\u0041"',
        b'"\\/"',
        b"[1]\n",
        b"\xff",
        b'"\\ud800"',
        b"99999999999999999999",
        b"\xef\xbb\xbf1",
    ],
)
def test_other_spellings_are_not_canonical(data: bytes) -> None:
    with pytest.raises(ValueError):
        canonical.loads(data)
