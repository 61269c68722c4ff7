"""Ranges in the names of hosts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.inventory.ranges import Pattern, PatternError, expand, split_port


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("web", ["web"]),
        ("web[1:3]", ["web1", "web2", "web3"]),
        ("web[08:11].example.com", [f"web{n}.example.com" for n in ("08", "09", "10", "11")]),
        ("db-[a:c]", ["db-a", "db-b", "db-c"]),
        ("n[0:6:3]", ["n0", "n3", "n6"]),
        ("n[:2]", ["n0", "n1", "n2"]),
        ("[a:b]-web", ["a-web", "b-web"]),
        ("r[1:2]n[01:02]", ["r1n01", "r1n02", "r2n01", "r2n02"]),
        ("n[9:10]", ["n9", "n10"]),
        ("n[0:1]", ["n0", "n1"]),
    ],
)
def test_a_range_stands_for_its_names(pattern: str, names: list[str]) -> None:
    assert list(expand(pattern)) == names


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("web[1:999999999]", "more than 20,000"),
        ("web[1:99999999999999999999]", "is not a range"),
        ("a[1:999]b[1:999]c[1:999]d[1:999]", "more than 20,000"),
        ("web[5:1]", "ends before it begins"),
        ("web[1:5:0]", "is not a step"),
        ("web[01:100]", "the same number of digits"),
        ("web[a:5]", "is not a range"),
        ("web[1:]", "is not a range"),
        ("web[]", "is not a range"),
        ("web[1:2", "a bracket stands alone"),
        ("web]", "a bracket stands alone"),
        ("web[[1:2]]", "a bracket stands alone"),
    ],
)
def test_what_is_no_range_is_named(pattern: str, words: str) -> None:
    with pytest.raises(PatternError) as caught:
        expand(pattern)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("web", Pattern("web", None)),
        ("web:2222", Pattern("web", 2222)),
        ("web[1:5]:2222", Pattern("web[1:5]", 2222)),
        ("web[1:5]", Pattern("web[1:5]", None)),
        ("2001:db8::1", Pattern("2001:db8::1", None)),
        ("[2001:db8::1]", Pattern("2001:db8::1", None)),
        ("[2001:db8::1]:2222", Pattern("2001:db8::1", 2222)),
        ("[1:5]", Pattern("[1:5]", None)),
    ],
)
def test_a_port_behind_a_name_is_told_from_addresses_and_ranges(
    text: str, pattern: Pattern
) -> None:
    assert split_port(text) == pattern


@given(st.text(alphabet="ab[]:019-", max_size=30))
def test_any_name_is_expanded_or_refused(text: str) -> None:
    hosts, _ = split_port(text)
    try:
        assert len(expand(hosts, most=100)) <= 100
    except PatternError as error:
        assert hosts in str(error)  # noqa: PT017 - either is right
