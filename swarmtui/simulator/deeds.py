"""What a script has done to the swarm: the truth that a watcher's words are held against."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that was wrong with the swarm, and for how long."""

    what: str
    """`black hole`, `region lost`, `election`…"""
    subject: str = ""
    """Name of the region, service, node… that it happened to; empty when it is the swarm."""
    began: float
    """Second of the event from which on everything to conclude it from was there to be seen."""
    ended: float
    """Second at which it was made good; infinite when it never is."""
