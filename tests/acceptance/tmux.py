"""A real terminal for the program: tmux, with a server of its own."""

import os
import shlex
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.lab.waiting import wait_for


class Terminal:
    """A program running in a terminal of a set size."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._socket = str(folder / "tmux.sock")
        # The exit status stays readable after the program has ended.
        line = f"{shlex.join(command)}; echo ended with $?; exec cat"
        size = ["-x", str(columns), "-y", str(rows)]
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, line, env=env)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._tmux("kill-server")

    def screen(self) -> str:
        """Return what the terminal shows."""
        return self._tmux("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        """Press keys, as tmux names them."""
        self._tmux("send-keys", *keys)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def wait_for(self, *texts: str, within_s: float = 20) -> str:
        """Return the screen once it shows all these texts."""
        return self.wait_until(
            lambda screen: all(text in screen for text in texts), within_s, texts
        )

    def wait_until(
        self, is_there: Callable[[str], bool], within_s: float, what: Sequence[str]
    ) -> str:
        """Return the screen once it is as wanted."""

        def look() -> str:
            screen = self.screen()
            return screen if is_there(screen) else ""

        try:
            return wait_for(look, within_s=within_s, what=f"on the screen: {what}")
        except Exception as error:
            error.add_note(self.screen())
            raise

    def quit(self) -> float:
        """Press q, and return the seconds until the program has ended in good order."""
        began = time.monotonic()
        self.press("q")
        self.wait_for("ended with 0", within_s=5)
        return time.monotonic() - began

    def _tmux(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        # tmux refuses to start within itself; and the size is the terminal's to say.
        told = ("TMUX", "COLUMNS", "LINES")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(told)}
        return subprocess.run(
            ["tmux", "-S", self._socket, *arguments],
            env=kept | {"TERM": "xterm-256color"} | dict(env or {}),
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        ).stdout
