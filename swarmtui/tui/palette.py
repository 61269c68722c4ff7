"""The commands of the palette (Ctrl-P) besides the keys of the screen."""

from typing import NamedTuple


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
