"""Amounts on a command line."""

from datetime import timedelta

import click
import pytest

from swarmtui.cli.amounts import Duration, Redacted, Size


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("500MB", 500_000_000),
        ("500mb", 500_000_000),
        ("500 M", 500_000_000),
        ("2G", 2_000_000_000),
        ("1.5GiB", 1_610_612_736),
        ("1T", 10**12),
        ("3000000", 3_000_000),
        ("3000000B", 3_000_000),
    ],
)
def test_a_size_is_read_as_people_write_it(text: str, count: int) -> None:
    assert Size().convert(text, None, None) == count


@pytest.mark.parametrize("text", ["", "big", "MB", "-1GB", "1e9", "5 MBs", "500", "999kB", "0"])
def test_what_is_no_size_or_holds_no_recording_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Size().convert(text, None, None)


def test_a_duration_is_read_as_people_write_it() -> None:
    assert Duration().convert("1h30m", None, None) == timedelta(minutes=90)


@pytest.mark.parametrize("text", ["", "2", "soon", "0s", "-2h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Duration().convert(text, None, None)


def test_what_is_to_be_replaced_is_named_with_commas() -> None:
    assert Redacted().convert("hostnames", None, None) == ("hostnames",)
    both = ("addresses", "hostnames")
    assert Redacted().convert("hostnames, Addresses,hostnames", None, None) == both


@pytest.mark.parametrize("text", ["", "names", "addresses,", "addresses;hostnames"])
def test_what_cannot_be_replaced_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="addresses and hostnames can"):
        Redacted().convert(text, None, None)
