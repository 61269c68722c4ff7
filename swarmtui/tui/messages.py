"""What panes tell whoever holds them: past-tense messages, each with what it is about."""

from textual.message import Message


class NodeOpened(Message):
    """A node was asked for in detail."""

    def __init__(self, node_id: str) -> None:
        super().__init__()
        self.node_id = node_id


class ServiceOpened(Message):
    """A service was asked for: its tasks."""

    def __init__(self, service_id: str) -> None:
        super().__init__()
        self.service_id = service_id


class MachineOpened(Message):
    """A machine was asked for in detail."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class TailsAsked(Message):
    """Machines were asked for to be tailed, or no more when all of them are already."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self.names = names
        """Names of machines, or node ids, those first that matter most."""


class ScreenWanted(Message):
    """Another screen was asked for, with the filter it shall show."""

    def __init__(self, screen: str, query_text: str = "") -> None:
        super().__init__()
        self.screen = screen
        """`nodes`, `services`, `tasks`…: the id of the view."""
        self.query_text = query_text


class Marked(Message):
    """Nodes, or machines by name, were marked or unmarked; these are marked now."""

    def __init__(self, node_ids: frozenset[str]) -> None:
        super().__init__()
        self.node_ids = node_ids


class FilterChanged(Message):
    """Another filter was asked for; its text parses, and is empty when there shall be none."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class FilterDismissed(Message):
    """The filter bar was left; the filter that stands is the one last told."""
