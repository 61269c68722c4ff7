"""Errands: ask for the name of a file, then read or write it in the background, and say it."""

from collections.abc import Callable
from contextlib import suppress
from threading import Thread

from textual.message import Message
from textual.screen import Screen

from swarmtui.insight.claim import Claims
from swarmtui.tui.asking import AskDialog
from swarmtui.tui.files import (
    FileError,
    judge_list,
    judge_new_file,
    read_claims,
    write_new_file,
)
from swarmtui.tui.messages import ExportAsked


class ErrandDone(Message):
    """What was to be read or written has been, or could not be."""

    def __init__(self, said: str, claims: Claims | None = None) -> None:
        super().__init__()
        self.said = said
        """What there is to say of it, in one line."""
        self.claims = claims
        """What was read, if that was wanted."""


def ask_export(screen: Screen[None], wanted: ExportAsked) -> None:
    """Ask where to write what is shown, and write it."""
    dialog = AskDialog(
        question=wanted.question,
        example=wanted.example,
        judge=judge_new_file,
        text=wanted.suggestion,
    )

    def go(name: str | None) -> None:
        if name is not None:
            run(screen, lambda: _write(name, wanted.make))

    screen.app.push_screen(dialog, go)


def ask_import(screen: Screen[None]) -> None:
    """Ask which list of claims to read, and read it."""
    dialog = AskDialog(
        question="Read claims from",
        example="a list of docker node ls with a claim at the end of each line, CSV or TOML",
        judge=judge_list,
    )

    def go(name: str | None) -> None:
        if name is not None:
            run(screen, lambda: _read(name))

    screen.app.push_screen(dialog, go)


def run(screen: Screen[None], errand: Callable[[], ErrandDone]) -> None:
    """Do something that waits for a disk, in a thread that nobody waits for."""

    def work() -> None:
        done = errand()
        with suppress(RuntimeError):  # the program ended meanwhile
            screen.post_message(done)

    Thread(target=work, name="errand", daemon=True).start()


def _write(name: str, make: Callable[[str], str]) -> ErrandDone:
    try:
        path = write_new_file(name, make(name))
    except FileError as error:
        return ErrandDone(str(error))
    return ErrandDone(f"written to {path}")


def _read(name: str) -> ErrandDone:
    try:
        claims = read_claims(name)
    except FileError as error:
        return ErrandDone(str(error))
    return ErrandDone(name.strip(), claims)
