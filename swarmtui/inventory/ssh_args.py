"""Find the hosts to go through in the arguments that Ansible would give to ssh."""

import re
import shlex
from collections.abc import Iterator, Sequence

_TAKE_A_VALUE = set("BbcDEeFIiJLlmOoPpQRSWw")
"""Options of ssh that have a value behind them."""

_OPTION = re.compile(r"\s*(?P<name>\w+)\s*(?:=|\s)\s*(?P<value>.*)", re.DOTALL)


class ArgumentsError(ValueError):
    """Arguments that lead through something this program does not run."""


def find_jump(arguments: str) -> str:
    """Return the hosts to go through, as `ProxyJump` has them; empty when there are none.

    `ProxyJump`, `-J`, and `ProxyCommand` where all it does is `ssh -W %h:%p`. Raise
    `ArgumentsError` for any other `ProxyCommand`: none is ever run.
    """
    options, _ = _read_options(_split(arguments))
    for name, value in options:
        if name in {"J", "proxyjump"}:
            return "" if value.lower() == "none" else value
        if name == "proxycommand":
            return "" if value.lower() == "none" else _read_command(value)
    return ""


def _read_command(command: str) -> str:
    words = _split(command)
    options, rest = _read_options(words[1:])
    named = dict(reversed(options))
    is_plain = words and words[0].rpartition("/")[2] == "ssh" and len(rest) == 1
    # Brackets are there for IPv6.
    forwards = named.get("W", "").replace("[", "").replace("]", "") == "%h:%p"
    if not is_plain or not forwards or "proxycommand" in named:
        raise ArgumentsError("no ProxyCommand is run; name the hosts with ProxyJump")
    user, port = named.get("l", named.get("user", "")), named.get("p", named.get("port", ""))
    first = named.get("J", named.get("proxyjump", ""))
    last = f"{f'{user}@' if user else ''}{rest[0]}{f':{port}' if port else ''}"
    return f"{first},{last}" if first else last


def _read_options(words: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the options as letter or lowered name with value, and the words that are none."""
    options: list[tuple[str, str]] = []
    rest: list[str] = []
    left = iter(words)
    for word in left:
        if word.startswith("-") and len(word) > 1:
            options += _read_letters(word[1:], left)
        else:
            rest.append(word)
    return options, rest


def _read_letters(letters: str, left: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Return what one word of options says: `-qAJgate` are three of them."""
    for at, letter in enumerate(letters):
        if letter not in _TAKE_A_VALUE:
            continue
        value = letters[at + 1 :] or next(left, "")
        named = _OPTION.fullmatch(value) if letter == "o" else None
        yield (named["name"].lower(), named["value"].strip()) if named else (letter, value)
        return


def _split(text: str) -> Sequence[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ArgumentsError(f"{error}; close the quote") from None
