"""A Textual application that sends its terminal no more than it must."""

import asyncio
import contextlib
import os
import select
import sys
import time
from collections.abc import Callable

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, RenderableType
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.driver import Driver
from textual.events import Resize
from textual.messages import TerminalSupportsSynchronizedOutput
from textual.screen import Screen

from swarmtui.tui.wire.notice import notification
from swarmtui.tui.wire.outflow import Outflow
from swarmtui.tui.wire.wire import Wire

LAST_ANSWER_S = 0.25
"""How long quitting waits for an answer that would otherwise reach the shell."""


class ThriftyApp(App[None]):
    """Draws through a `Wire`; when that fails, as Textual does, for the rest of the session."""

    wire_failure: str = ""
    """Why the terminal is sent whole regions; empty while it is not."""

    _wire: Wire | None = None

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's choice, but one that sleeps until a key is pressed where there is."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from swarmtui.tui.wire.patient_driver import PatientDriver  # noqa: PLC0415 - not on Windows

        return PatientDriver

    def redraw(self) -> None:
        """Draw the whole screen anew."""
        if self._wire is not None:
            self._wire.forget()
        self.screen.refresh()

    def alert(self, text: str) -> None:
        """Ring the terminal's bell, and have the desktop show a line, where it does such things."""
        driver = self._driver
        if driver is not None and not self.is_headless and not driver.is_web:
            driver.write(notification(text, environ=os.environ))

    def on_resize(self, event: Resize) -> None:
        """Draw anew: terminals keep at will what was there, and come back blank from a pause."""
        del event
        self.redraw()

    def on_terminal_supports_synchronized_output(
        self, event: TerminalSupportsSynchronizedOutput
    ) -> None:
        """Take note that the terminal answers."""
        del event
        if self._wire is not None:
            self._try(self._wire.take_answer)

    async def action_quit(self) -> None:
        """Quit, once the terminal has answered what it was asked, if it soon does."""
        if self._wire is not None:
            self._wire.close()
            until = time.monotonic() + LAST_ANSWER_S
            while self._wire.is_asking and time.monotonic() < until:  # noqa: ASYNC110 - at the end
                await asyncio.sleep(0.01)
        await super().action_quit()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Show an update of the screen: Textual's own method, pinned below the next minor."""
        if self._batch_count:
            return
        try:
            is_shown = self._show(renderable)
        except Exception as error:  # noqa: BLE001 - whatever it is, Textual's own way works
            self._give_up(error)
            is_shown = False
        if is_shown:
            self.post_display_hook()
        else:
            super()._display(screen, renderable)

    def _show(self, renderable: RenderableType | None) -> bool:
        driver = self._driver
        if driver is None or self.is_headless or driver.is_inline or self.wire_failure:
            return False
        if not self._running or self._closed or renderable is None:
            return False
        if self._wire is None:
            self._wire = self._make_wire(driver.write)
        if not isinstance(renderable, CompositorUpdate):
            self._wire.forget()
            return False
        if self._sync_available:
            self._wire.brackets = (SYNC_START, SYNC_END)
        return self._wire.show(
            renderable, self.screen.outer_size.clamp_offset(self.cursor_position)
        )

    def _make_wire(self, write: Callable[[str], None]) -> Wire:
        return Wire(
            write=write,
            outflow=Outflow(now=time.monotonic, is_blocked=_is_blocked),
            colours=COLOR_SYSTEMS.get(self.console.color_system or "", ColorSystem.TRUECOLOR),
            later=self._call_in,
        )

    def _call_in(self, seconds: float, callback: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, self._try, callback)

    def _try(self, callback: Callable[[], None]) -> None:
        """Do something with the wire, unless the terminal is no longer ours."""
        if not self._running or self._closed or self._wire is None:
            return
        try:
            callback()
        except Exception as error:  # noqa: BLE001 - as in `_display`
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self.wire_failure = f"{type(error).__name__}: {error}"
        self._wire = None
        said = f"drawing whole regions from now on: {self.wire_failure}"
        self.log.error(said)
        self.call_later(self.screen.refresh)


def _is_blocked() -> bool:
    """Tell whether a write to the terminal would have to wait."""
    with contextlib.suppress(OSError, ValueError):  # no terminal: nothing to wait for
        return sys.__stderr__ is not None and not select.select([], [sys.__stderr__], [], 0)[1]
    return False
