"""What a simulation is asked for."""

from dataclasses import dataclass

MAX_NODES = 10_000
MAX_TASKS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The size of the event and its chance; the same settings give the same event."""

    nodes: int = 2384
    """Node ids at the peak, managers included."""
    tasks: int = 96_287
    """Tasks running at the peak."""
    managers: int = 3
    seed: int = 2016
    hostile: bool = False
    """Names, labels and errors that break careless programs."""

    def __post_init__(self) -> None:
        if not 1 <= self.managers <= self.nodes:
            raise ValueError(f"{self.managers} managers among {self.nodes} nodes cannot be")
        if self.nodes > MAX_NODES or self.tasks > MAX_TASKS:
            raise ValueError(f"more than {MAX_NODES} nodes or {MAX_TASKS} tasks are not simulated")
        if self.tasks < 0:
            raise ValueError("fewer than 0 tasks cannot be")
