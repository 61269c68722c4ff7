"""Columns come back as they were, and what is no column is refused."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.recording.columns import (
    Ids,
    Ints,
    Times,
    pack_ids,
    pack_ints,
    pack_times,
    unpack_ids,
    unpack_ints,
    unpack_times,
)
from tests.factories import NOON, at

INTS = st.one_of(
    st.integers(0, 255), st.integers(0, 1 << 32), st.integers(-(2**63), 2**64 - 1), st.just(0)
)
TIMES = st.one_of(st.datetimes(), st.datetimes(datetime(2026, 7, 1), datetime(2026, 8, 1)))  # noqa: DTZ001
TEXTS = st.one_of(st.text("0123456789abcdef", min_size=5, max_size=5), st.text(max_size=40))


@given(st.lists(INTS))
def test_numbers_come_back(values: list[int]) -> None:
    assert list(unpack_ints(pack_ints(values), len(values))) == values


@given(st.lists(TIMES))
def test_times_come_back_to_the_microsecond_from_the_first_year_to_the_last(
    naive: list[datetime],
) -> None:
    times = [each.replace(tzinfo=UTC) for each in naive]
    found = unpack_times(pack_times(times), len(times))
    assert found == times
    assert all(each.tzinfo is not None for each in found)


@given(st.one_of(st.lists(TEXTS), st.lists(st.text("abc", min_size=25, max_size=25))))
def test_ids_come_back(ids: list[str]) -> None:
    assert list(unpack_ids(pack_ids(ids), len(ids))) == ids


@pytest.mark.parametrize("text", ["é" * 25, "x" * 31, "x" * 32, "\x00\n", "", "\U0001f433"])
def test_ids_of_any_text_come_back(text: str) -> None:
    assert list(unpack_ids(pack_ids([text] * 3), 3)) == [text] * 3


def test_ids_as_engines_make_them_take_no_more_than_their_letters() -> None:
    packed = pack_ids(["0a269xbk5uqqfje4ite85mkf5", "0t8hyd7a0z6ukffme18gxhl3k"])
    assert (packed.width, len(packed.planes), packed.each) == (25, 50, ())


def test_numbers_that_are_all_nothing_take_nothing() -> None:
    assert pack_ints([0] * 1_000) == Ints(0, b"")


def test_one_number_that_is_out_of_bounds_makes_the_others_no_longer() -> None:
    assert pack_ints([1, -1, 3]).width == 1


GOOD = pack_ints([1, 2, 300])


@pytest.mark.parametrize(
    ("column", "count"),
    [
        (GOOD, 2),
        (GOOD, 1 << 40),
        (Ints(3, b"abc" * 3), 3),
        (Ints(-1, b"abc"), 3),
        (Ints(9, b"abc" * 9), 3),
        (Ints(0, b"", {7: 1}), 3),
        (Ints(2, b"ab"), 3),
    ],
)
def test_numbers_that_do_not_fit_are_refused(column: Ints, count: int) -> None:
    with pytest.raises((ValueError, LookupError)):
        unpack_ints(column, count)


ZERO = pack_ints([0, 0])


@pytest.mark.parametrize(
    "column",
    [
        Times(-1, ZERO, ZERO),
        Times(1 << 40, ZERO, ZERO),
        Times(0, pack_ints([1]), ZERO),
        Times(0, ZERO, pack_ints([-1, 0])),
        Times(0, ZERO, pack_ints([1 << 31, 1 << 31])),
        Times(1 << 33, ZERO, ZERO),
        Times(0, pack_ints([1 << 62, 0]), ZERO),
    ],
)
def test_times_out_of_all_bounds_are_refused(column: Times) -> None:
    with pytest.raises((ValueError, LookupError, OverflowError)):
        unpack_times(column, 2)


@pytest.mark.parametrize(
    "column",
    [
        Ids(3, b"abcde"),
        Ids(3, b""),
        Ids(0, b"abcdef"),
        Ids(0, b"", ["a"]),
        Ids(0, b"a", ["a"]),
        Ids(0, b"ab", ["a", "b"]),
        Ids(99, b"a"),
    ],
)
def test_ids_that_do_not_fit_are_refused(column: Ids) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text is for nobody
        unpack_ids(column, 2)


def test_columns_in_order_are_hardly_longer_than_nothing() -> None:
    times = [at(second) for second in range(1_000)]
    packed: Sequence[Ints] = (pack_times(times).seconds, pack_times(times).micros)
    assert [column.width for column in packed] == [2, 0]
    assert pack_times([NOON]).base == int(NOON.timestamp())
