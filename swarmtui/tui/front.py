"""The screen that everything stands on: what differs between a live swarm and a recording."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from swarmtui.insight.picture import Picture
from swarmtui.tui.alarm import Alarm
from swarmtui.tui.header import HeaderFacts
from swarmtui.tui.messages import ClaimsAsked, ExportAsked, MineTurned, ProblemOpened
from swarmtui.tui.owners import Owners
from swarmtui.tui.tails import Tails
from swarmtui.tui.too_small import LEAST_HEIGHT, LEAST_WIDTH
from swarmtui.tui.wire.frames import PromptScreen

if TYPE_CHECKING:
    from swarmtui.tui.errands import ErrandDone


class Front(PromptScreen[None]):
    """Holds the views; a live swarm and a recording have keys and bars of their own."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it without ClassVar
        (0, "-tiny-wide"),
        (LEAST_WIDTH, "-narrow"),
        (100, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it without ClassVar
        (0, "-tiny-high"),
        (LEAST_HEIGHT, "-high"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "B",
            "turn_bell",
            "Bell",
            id="app.bell",
            tooltip="ring and notify of new critical problems, or no more",
        ),
    ]

    IS_LIVE: bool
    """There is somebody to ask."""
    owners: Owners

    _alarm = Alarm()
    _rings = True

    def set_up(self, owners: Owners, *, rings: bool) -> None:
        """Take who keeps owners, and whether new critical problems ring; before all else."""
        self.owners = owners
        self._alarm = Alarm()
        self._rings = rings

    def suit(self, size: Size) -> None:
        """Take on the classes of a size before it is shown at it.

        Textual does so when it hears of the size, and styles everything a second time.
        """
        for length, classes in (
            (size.width, self.HORIZONTAL_BREAKPOINTS),
            (size.height, self.VERTICAL_BREAKPOINTS),
        ):
            for name in self._get_breakpoint_classes(length, classes):
                self.update_classes({name: True}, update=False)

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

    @property
    @abstractmethod
    def is_now(self) -> bool:
        """Tell whether what is shown happens now: nobody is called to what is long over."""

    def ring(self, picture: Picture, *, has_leapt: bool) -> str:
        """Take the newest picture, and return what to call the user with; empty for nothing."""
        if has_leapt:
            self._alarm = Alarm(rings_at_first=False)
        said = self._alarm.see(picture)
        return said if self._rings and self.is_now else ""

    def action_turn_bell(self) -> None:
        """Have new critical problems ring, or no more."""
        self._rings = not self._rings
        self.say("new critical problems ring" if self._rings else "the bell is off: B turns it on")

    def on_problem_opened(self, event: ProblemOpened) -> None:
        """Tell all that is known of a problem."""
        from swarmtui.tui.problem_dialog import ProblemDialog  # noqa: PLC0415 - first paint first

        self.app.push_screen(ProblemDialog(event.problem, event.picture, now=self.now()))

    def on_mine_turned(self, event: MineTurned) -> None:
        """Have other nodes taken for mine."""
        self.say(self.owners.turn(event.crowd))

    def on_export_asked(self, event: ExportAsked) -> None:
        """Ask where to write it."""
        from swarmtui.tui.errands import ask_export  # noqa: PLC0415 - not before it is wanted

        ask_export(self, event)

    def on_claims_asked(self, event: ClaimsAsked) -> None:
        """Ask what to read."""
        del event
        from swarmtui.tui.errands import ask_import  # noqa: PLC0415 - not before it is wanted

        ask_import(self)

    def on_errand_done(self, event: "ErrandDone") -> None:
        """Say what came of it, and take over what was read."""
        said = event.said
        if event.claims is not None:
            said = f"{said}: {self.owners.adopt(event.claims)}"
        self.say(said)
