"""Ask which host keys that are new are to be trusted: at the terminal, or by what was given."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import click

from swarmtui.ssh.login import Shown
from swarmtui.swarm.text import plain


class Question(NamedTuple):
    """A new key, once, however many machines showed it."""

    shown: Shown
    text: str
    """Whose it is, and the fingerprint."""


Accept = Callable[[Sequence[Question]], Sequence[Question]]
"""Returns those to which the answer is yes."""


def gather(new: Mapping[str, Shown]) -> Sequence[Question]:
    """Return a question for each key that machines, by name, have shown."""
    showing: dict[Shown, list[str]] = {}
    for name, found in new.items():
        showing.setdefault(found, []).append(name)
    return [Question(found, _ask(found, names)) for found, names in showing.items()]


def describe(found: Shown) -> str:
    """Return whose key it is, where that machine is, and the fingerprint."""
    target, key = found.target, found.key
    return f"{plain(f'{target.label}  {target.place}')}  {key.type}  {key.fingerprint}"


def expect(fingerprints: Sequence[str]) -> Accept:
    """Accept the keys with one of these fingerprints; say of which others there are."""

    def choose(questions: Sequence[Question]) -> Sequence[Question]:
        chosen = [each for each in questions if each.shown.key.fingerprint in fingerprints]
        for each in questions:
            if each not in chosen:
                complain(f"{each.shown.target.label}: its key is not the one given: left alone")
        return chosen

    return choose


def ask_at_terminal(questions: Sequence[Question]) -> Sequence[Question]:
    """Return all if the user types yes; one by one if the user types each; else none."""
    if not questions:
        return ()
    # A pipe that says yes to everything has compared nothing.
    if not sys.stdin.isatty():
        complain("no terminal to ask at: name the key you expect with --fingerprint SHA256:...")
        return ()
    click.echo("Compare each fingerprint with what the machine itself, or its owner, says.")
    if len(questions) == 1:
        return questions if _answer("Trust this new key from now on? Type yes") == "yes" else ()
    match _answer(f"Trust these {len(questions)} new keys from now on? Type yes, or each"):
        case "yes":
            return questions
        case "each":
            return [each for each in questions if _is_meant(each)]
        case _:
            return ()


def complain(text: str) -> None:
    """Say on stderr what is wrong."""
    click.echo(f"swarmtui: {plain(text)}", err=True)


def _ask(found: Shown, names: Sequence[str]) -> str:
    if not found.is_on_the_way:
        return f"{describe(found)}  new"
    behind = plain(names[0]) if len(names) == 1 else f"{len(names):,} machines"
    return f"{describe(found)}  new, on the way to {behind}"


def _is_meant(question: Question) -> bool:
    return _answer(f"{describe(question.shown)}: trust it? Type yes") == "yes"


def _answer(question: str) -> str:
    answer: str = click.prompt(question, default="no")
    return answer.strip().lower()
