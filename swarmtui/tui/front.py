"""The screen that everything stands on: what differs between a live swarm and a recording."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime

from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from swarmtui.insight.picture import Picture
from swarmtui.tui.header import HeaderFacts
from swarmtui.tui.tails import Tails


class Front(Screen[None]):
    """Holds the views; a live swarm and a recording have keys and bars of their own."""

    IS_LIVE: bool
    """There is somebody to ask."""

    class Turned(Message):
        """What the header tells of the recording or the playing changed."""

    @property
    def bars(self) -> Sequence[Widget]:
        """Return what stands between the views and the line of keys."""
        return ()

    @abstractmethod
    def now(self) -> datetime:
        """Return the time up to which ages are counted."""

    @abstractmethod
    def take(self, picture: Picture) -> bool:
        """Take the newest picture; tell whether time leapt: nothing compares with before then."""

    @abstractmethod
    def tick(self) -> None:
        """Look how the recording or the playing goes; with each picture and once a second."""

    @abstractmethod
    def tell(self, facts: HeaderFacts) -> HeaderFacts:
        """Return the header's facts with how that goes."""

    @abstractmethod
    def tails(self, wanted: Tails, picture: Picture) -> Tails:
        """Return the machines whose `docker stats` are shown."""

    @abstractmethod
    def mark(self, at: datetime | None) -> None:
        """Show which time another one will be compared with, if any."""

    @abstractmethod
    def say(self, text: str) -> None:
        """Say something in passing."""
