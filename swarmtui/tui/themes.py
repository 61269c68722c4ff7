"""The colours of the dashboard: dark, light, and the terminal's own for `NO_COLOR`."""

from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme


def _scrollbar(*, track: str, thumb: str) -> dict[str, str]:
    return {
        "scrollbar": thumb,
        "scrollbar-hover": thumb,
        "scrollbar-active": thumb,
        "scrollbar-background": track,
        "scrollbar-background-hover": track,
        "scrollbar-background-active": track,
        "scrollbar-corner-color": track,
    }


DARK = Theme(
    name="swarm-dark",
    dark=True,
    primary="#5f87d7",
    secondary="#7aa2c8",
    accent="#6cb6ff",
    foreground="#c6cad2",
    background="#101418",
    surface="#171c22",
    panel="#1d232b",
    success="#6fbf73",
    warning="#e0a93b",
    error="#f2685f",
    variables={
        "text-muted": "#818a98",
        "text-success": "#6fbf73",
        "text-warning": "#e0a93b",
        "text-error": "#f2685f",
        "text-accent": "#6cb6ff",
        "loud": "#ffffff",
        "chart": "#4f6b8f",
        "block-cursor-blurred-background": "#263445",
        **_scrollbar(track="#171c22", thumb="#364250"),
    },
)

LIGHT = Theme(
    name="swarm-light",
    dark=False,
    primary="#2f5fb3",
    secondary="#3f6f9f",
    accent="#0b5cad",
    foreground="#2a2f36",
    background="#fafafa",
    surface="#f0f1f3",
    panel="#e7e9ec",
    success="#1f7a33",
    warning="#8f5a00",
    error="#b3261e",
    variables={
        "text-muted": "#666d78",
        "text-success": "#1f7a33",
        "text-warning": "#8f5a00",
        "text-error": "#b3261e",
        "text-accent": "#0b5cad",
        "loud": "#000000",
        "chart": "#8aa4c8",
        "block-cursor-blurred-background": "#d5e3f5",
        **_scrollbar(track="#f0f1f3", thumb="#c3c9d2"),
    },
)

OURS = (DARK, LIGHT)
PLAIN = "ansi-dark"
"""Textual's theme of default colours, for terminals that want none of ours."""


def with_meanings(variables: dict[str, str]) -> dict[str, str]:
    """Return a theme's variables with plain colours for every meaning.

    Textual's own themes leave `text-muted` to be mixed with whatever lies below it, which a
    segment that floats over a cursor cannot do.
    """
    mixed = dict(variables)
    mixed.setdefault("loud", variables["foreground"])
    mixed.setdefault("chart", variables["secondary"])
    if variables["text-muted"].startswith("auto"):
        mixed["text-muted"] = _between(variables["background"], variables["foreground"])
    return mixed


def _between(background: str, foreground: str) -> str:
    below, above = Color.parse(background), Color.parse(foreground)
    if below.ansi is not None or above.ansi is not None:
        return foreground
    return below.blend(above, 0.6).hex


def list_names() -> list[str]:
    """Return the names of all themes there are, ours first."""
    return [theme.name for theme in OURS] + sorted(BUILTIN_THEMES)
