"""Expand ranges in the names of hosts, as Ansible has them: `web[01:50].example.com`."""

import re
from collections.abc import Sequence
from ipaddress import IPv6Address
from itertools import product
from string import ascii_letters
from typing import NamedTuple

from swarmtui.inventory.inventory import MOST_MACHINES

_RANGE = re.compile(r"\[([^\[\]]*)\]")
_NUMBER = re.compile(r"[0-9]{1,9}")
_PORT = re.compile(r"(?P<host>.*):(?P<port>[0-9]{1,5})", re.DOTALL)
_BRACKETED = re.compile(r"\[(?P<host>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\](?::(?P<port>[0-9]{1,5}))?")


class PatternError(ValueError):
    """A name of hosts that cannot be expanded."""


class Pattern(NamedTuple):
    """A name of hosts with its ranges, and the port written behind it."""

    hosts: str
    port: int | None


def split_port(text: str) -> Pattern:
    """Return the name and the port of `name:2222`, `[2001:db8::1]:2222` and the like."""
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed and is_ipv6(bracketed["host"]):
        port = bracketed["port"]
        return Pattern(bracketed["host"], int(port) if port else None)
    found = _PORT.fullmatch(text)
    if found is None or is_ipv6(text):
        return Pattern(text, None)
    return Pattern(found["host"], int(found["port"]))


def expand(hosts: str, *, most: int = MOST_MACHINES) -> Sequence[str]:
    """Return the names a pattern stands for, the first range turning slowest.

    Raise `PatternError` for a range that is none, and for more than `most` names.
    """
    parts = _RANGE.split(hosts)
    if any("[" in part or "]" in part for part in parts):
        raise PatternError(f"{hosts}: a bracket stands alone; write web[01:50]")
    # Every second part is the inside of brackets.
    choices = [_read_range(part, hosts) if at % 2 else (part,) for at, part in enumerate(parts)]
    count = 1
    for choice in choices:
        count *= len(choice)
        if count > most:
            raise PatternError(f"{hosts}: stands for more than {most:,} machines")
    return ["".join(chosen) for chosen in product(*choices)]


def is_ipv6(text: str) -> bool:
    """Tell whether a text is an IPv6 address, without brackets."""
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


class _Numbers(Sequence[str]):
    """Numbers as they are written in names; made one by one, so that a huge range costs nothing."""

    def __init__(self, numbers: range, width: int) -> None:
        self._numbers = numbers
        self._width = width

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, at: int) -> str:  # type: ignore[override]  # slices are not asked for
        return str(self._numbers[at]).zfill(self._width)


def _read_range(inside: str, hosts: str) -> Sequence[str]:
    bounds = inside.split(":")
    if len(bounds) not in {2, 3} or not bounds[1]:
        raise PatternError(f"{hosts}: [{inside}] is not a range; write [01:50] or [a:f]")
    first, last = bounds[0] or "0", bounds[1]
    step = _read_step(bounds[2], hosts) if len(bounds) == 3 else 1
    if _NUMBER.fullmatch(first) and _NUMBER.fullmatch(last):
        names: Sequence[str] = _count(first, last, step, hosts)
    elif len(first) == len(last) == 1 and first in ascii_letters and last in ascii_letters:
        names = ascii_letters[ascii_letters.index(first) : ascii_letters.index(last) + 1 : step]
    else:
        raise PatternError(f"{hosts}: [{inside}] is not a range; write [01:50] or [a:f]")
    if not names:
        raise PatternError(f"{hosts}: [{inside}] ends before it begins")
    return names


def _read_step(text: str, hosts: str) -> int:
    if not _NUMBER.fullmatch(text) or int(text) == 0:
        raise PatternError(f"{hosts}: {text} is not a step; write [01:50:2]")
    return int(text)


def _count(first: str, last: str, step: int, hosts: str) -> Sequence[str]:
    is_padded = len(first) > 1 and first.startswith("0")
    if is_padded and len(first) != len(last):
        raise PatternError(f"{hosts}: {first} and {last} need the same number of digits")
    return _Numbers(range(int(first), int(last) + 1, step), len(first) if is_padded else 0)
