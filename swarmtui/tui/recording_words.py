"""Say in the header how a recording goes, or that what is seen is one; pure."""

from datetime import datetime

from swarmtui.feed.status import RecordingState, RecordingStatus
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import Spans, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.words import clock_time, traffic


def replay_spans(now: datetime) -> Spans:
    """Return that this is a recording, and its time."""
    return (Span("REPLAY ", Meaning.ACCENT), Span(clock_time(now), Meaning.TITLE))


def recording_spans(status: RecordingStatus | None, *, is_seen: bool) -> Spans:
    """Return that something is recorded and how much it is, with a gap behind; or nothing.

    A recording that failed is told until the user has seen it.
    """
    if status is None:
        return ()
    match status.state:
        case RecordingState.STARTING:
            return (Span("● REC", Meaning.ACCENT), dim(" begins  "))
        case RecordingState.RECORDING:
            size = traffic(status.size_bytes)
            return (Span("● REC", Meaning.ACCENT), Span(f" {size}"), Span("  "))
        case RecordingState.ENDING:
            return (Span("◌ REC", Meaning.WARN), dim(" ends  "))
        case RecordingState.ENDED:
            return ()
        case RecordingState.FAILED:
            return () if is_seen else (Span("✗ REC", Meaning.BAD), Span("  "))


def trouble_spans(status: RecordingStatus | None, trouble: str) -> Spans:
    """Return what went wrong with the recording; nothing when nothing did, or it was seen."""
    if status is None or not trouble:
        return ()
    has_stopped = status.state is RecordingState.FAILED
    what = "recording stopped" if has_stopped else "recording"
    meaning = Meaning.BAD if has_stopped else Meaning.WARN
    return (Span(f"✗ {what}: {plain(trouble)}", meaning),)
