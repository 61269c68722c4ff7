"""Whose nodes are mine, and who owns which: what the user says of it while the program runs."""

from collections.abc import Callable

from msgspec.structs import replace

from swarmtui.insight.claim import Claims
from swarmtui.insight.crowds import UNCLAIMED, Crowd
from swarmtui.insight.viewpoint import Viewpoint
from swarmtui.swarm.text import plain
from swarmtui.tui.words import plural


class Owners:
    """Keeps the viewpoint, and tells whoever makes pictures of another one."""

    def __init__(self, look_as: Callable[[Viewpoint], None], *, mine: str) -> None:
        self._look_as = look_as
        self.viewpoint = Viewpoint(mine=mine)

    def turn(self, crowd: Crowd) -> str:
        """Make a contributor's nodes mine, or no more; return what there is to say of it.

        One contributor is me, or the unclaimed nodes of one pattern are mine.
        """
        name = plain(crowd.name)
        if crowd.name == UNCLAIMED and not crowd.is_pattern:
            return "nobody's nodes are not yours: choose one of the patterns below"
        mine = pattern = ""
        said = f"{name} is not you any more"
        if not self._is_mine(crowd):
            mine, pattern = ("", crowd.name) if crowd.is_pattern else (crowd.name, "")
            said = f"nodes like {name} are yours" if crowd.is_pattern else f"{name} is you"
        self._take(replace(self.viewpoint, mine=mine, pattern=pattern))
        return said

    def adopt(self, claims: Claims) -> str:
        """Let claims hold before those there were; return what there is to say of them."""
        self._take(replace(self.viewpoint, claims=claims.over(self.viewpoint.claims)))
        said = [plural(len(claims.by_id) + len(claims.by_addr), "claim")]
        if claims.contributors:
            said.append(plural(len(claims.contributors), "contributor"))
        if claims.warnings:
            said.append(f"{plural(len(claims.warnings), 'line')} left out: {claims.warnings[0]}")
        return plain(", ".join(said))

    def _is_mine(self, crowd: Crowd) -> bool:
        view = self.viewpoint
        named = view.pattern if crowd.is_pattern else view.mine
        return crowd.mine or crowd.name == named

    def _take(self, viewpoint: Viewpoint) -> None:
        self.viewpoint = viewpoint
        self._look_as(viewpoint)
