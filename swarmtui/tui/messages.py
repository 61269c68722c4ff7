"""What panes tell whoever holds them: past-tense messages, each with what it is about."""

from collections.abc import Callable

from textual.message import Message

from swarmtui.insight.crowds import Crowd
from swarmtui.insight.parts import GroupName
from swarmtui.insight.picture import Picture, Problem


class PictureArrived(Message, bubble=False):
    """The feed delivered a picture; a newer one takes the place of one still in the queue."""

    def __init__(self, picture: Picture) -> None:
        super().__init__()
        self.picture = picture

    def can_replace(self, message: Message) -> bool:
        """Tell whether the other message is an older picture."""
        return isinstance(message, PictureArrived)


class NodeOpened(Message):
    """A node was asked for in detail."""

    def __init__(self, node_id: str) -> None:
        super().__init__()
        self.node_id = node_id


class GroupOpened(Message):
    """A region or a contributor was asked for in detail."""

    def __init__(self, which: GroupName) -> None:
        super().__init__()
        self.which = which


class ServiceOpened(Message):
    """A service was asked for: its tasks."""

    def __init__(self, service_id: str) -> None:
        super().__init__()
        self.service_id = service_id


class ProblemOpened(Message):
    """A problem was asked for: what it is concluded from, and what helps."""

    def __init__(self, problem: Problem, picture: Picture) -> None:
        super().__init__()
        self.problem = problem
        self.picture = picture


class MineTurned(Message):
    """A contributor, or a pattern of unclaimed nodes, shall be mine; or no more if it is."""

    def __init__(self, crowd: Crowd) -> None:
        super().__init__()
        self.crowd = crowd


class ExportAsked(Message):
    """What is shown shall be written to a file, which the user names."""

    def __init__(
        self, question: str, *, example: str, suggestion: str, make: Callable[[str], str]
    ) -> None:
        super().__init__()
        self.question = question
        self.example = example
        self.suggestion = suggestion
        """A name for it."""
        self.make = make
        """Returns what a file of some name shall hold; it is called in another thread."""


class ClaimsAsked(Message):
    """A list of claims shall be read, from a file that the user names."""


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
