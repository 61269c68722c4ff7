"""The commands of the palette (Ctrl-P): filters with a name, and the keys of the screen."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from textual.app import SystemCommand
from textual.message import Message
from textual.screen import Screen

from swarmtui.tui.footer import sign_of
from swarmtui.tui.messages import ScreenWanted


class Shortcut(NamedTuple):
    """A filter worth a name."""

    title: str
    help: str
    screen: str
    query: str


SHORTCUTS = (
    Shortcut("Nodes that are down", "state:down", "nodes", "state:down"),
    Shortcut("Nodes that are not ready", "-state:ready", "nodes", "-state:ready"),
    Shortcut("Nodes that drain", "availability:drain", "nodes", "availability:drain"),
    Shortcut("Nodes that failed tasks", "failures>0 in 5 minutes", "nodes", "failures>0"),
    Shortcut("Managers", "role:manager", "nodes", "role:manager"),
    Shortcut("My nodes", "mine:yes", "nodes", "mine:yes"),
    Shortcut("Tasks that failed", "state:failed", "tasks", "state:failed"),
    Shortcut("Tasks that wait", "state:pending", "tasks", "state:pending"),
    Shortcut("Tasks with an error", "error:*", "tasks", "error:*"),
    Shortcut("Services that fail", "failures>0 in 5 minutes", "services", "failures>0"),
)


def palette_commands(
    screen: Screen[Any],
    *,
    has_view: Callable[[str], bool],
    post: Callable[[Message], object],
    press: Callable[[str], None],
) -> Iterator[SystemCommand]:
    """Yield the filters of the views there are, and every key that does something now."""
    for shortcut in SHORTCUTS:
        if has_view(shortcut.screen):
            wanted = ScreenWanted(shortcut.screen, shortcut.query)
            yield SystemCommand(shortcut.title, shortcut.help, partial(_do, post, wanted))
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.enabled and binding.show and binding.description:
            said = f"key {sign_of(binding.key)}"
            yield SystemCommand(binding.description, said, partial(press, binding.key))


def _do(post: Callable[[Message], object], message: Message) -> None:
    post(message)
