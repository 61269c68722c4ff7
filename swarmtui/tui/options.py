"""What the command line and the config decide about the dashboard."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class ScreenOptions:
    """How the dashboard starts."""

    asked: str = ""
    """Address of the manager asked first, for the time before anything answered."""
    filter: str = ""
    """Filter query at the start."""
    mine: str = ""
    """Name of the contributor the user is; empty for none."""
    bell: bool = True
    """Whether new critical problems ring the bell and show on the desktop; `B` turns it."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Keys by binding id, as in Textual: `{"app.quit": "Q"}`."""
    theme: str | None = None
    """Name of a theme; `None` chooses by `NO_COLOR`."""
    opens: str = "overview"
    """The screen at the start: `overview`, or `rollcall` where no manager is asked; the screens
    that only a manager can fill are not offered then."""
    title: str = ""
    """A word before everything else in the header, such as `demo`."""
