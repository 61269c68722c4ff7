"""My share of the swarm in the words of the header, in full and in short; pure."""

from collections.abc import Iterator

from swarmtui.insight.share import Share
from swarmtui.insight.wording import shorten
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import Spans, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.words import brief, count


def share_spans(share: Share | None) -> Iterator[Spans]:
    """Yield ways to say it, the longest first; nothing where nothing is mine."""
    if share is None:
        return
    head = (Span("mine ", Meaning.ACCENT), Span(count(share.nodes)))
    if share.unknown:
        whose = f"none of {count(share.nodes_of_all)} nodes is {shorten(plain(share.unknown))}’s"
        yield from ((*head, dim(f" · {whose}")), head, head)
        return
    if not share.nodes:
        said = (*head, dim(f" of {count(share.pledged)} pledged"))
        yield from (said, said, said)
        return
    lost = (Span(f" ✗ {count(share.lost)}", Meaning.BAD),) if share.lost else ()
    part = (dim(" · "), Span(f"{share.part:.0%}".replace("%", " %")))
    tasks = (dim(" · "), Span(brief(share.tasks)), dim(" tasks"))
    yield (*head, dim(f" of {count(share.nodes_of_all)} nodes"), *lost, *tasks, *part)
    yield (*head, *lost, *tasks, *part)
    yield (*head, *lost, *part)
