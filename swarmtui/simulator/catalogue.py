"""The services of the event: some forty, of all sizes, and a few that cannot be placed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from swarmtui.simulator.apportion import apportion

WANTED_FOR_EACH_RUNNING = 100_000 / 96_287
"""The organisers of Swarm2k wanted 100,000 tasks and got 96,287."""


class Demand(Enum):
    """What keeps some of a service's tasks from being placed."""

    NOTHING = auto()
    MEMORY = auto()
    GPU_LABEL = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePlan:
    """A service as it will be created."""

    stack: str
    name: str
    image: str
    replicas: int = 0
    is_global: bool = False
    has_network: bool = False
    demand: Demand = Demand.NOTHING
    placed: int = 0
    """Slots up to this one are placed; the others wait in vain, until room is found."""
    crashes: bool = False
    """Its tasks fail soon after they have started, wherever."""

    @property
    def full_name(self) -> str:
        """The name as `docker stack deploy` makes it."""
        return f"{self.stack}_{self.name}"


AGENT = ServicePlan(
    stack="metrics", name="agent", image="registry.example/metrics/agent:2.1", is_global=True
)
SPILLING = "shop_api"
"""The service that is partly placed; room for more of it is found before the peak."""
TRAINER = "ml_trainer"
RENDERER = "render_gpu"

# Stack: image tag, then service and weight.
_STACKS: dict[str, tuple[str, dict[str, float]]] = {
    "ml": ("0.9", {"trainer": 0, "infer": 2.5, "features": 1.5}),
    "render": ("11", {"gpu": 0, "frames": 4.5, "tiles": 3}),
    "shop": ("4.2.0", {"web": 9.5, "api": 9, "cart": 4, "search": 5.5, "checkout": 3, "images": 6}),
    "media": (
        "1.7", {"api": 5, "encode": 6.5, "thumbs": 4, "stream": 2.5, "cdn": 5, "captions": 0.4},
    ),
    "bench": ("1.0", {"ping": 7, "sleep": 8, "echo": 3.5, "fan": 1.2}),
    "edge": ("3.0-rc2", {"proxy": 2, "queue": 1.2, "cache": 1.8, "dns": 0.3}),
    "game": ("2016.7", {"lobby": 0.2, "match": 1.1, "world": 2.3, "chat": 0.7}),
    "mail": ("5", {"smtp": 0.6, "imap": 0.5, "spam": 1, "queue": 0.8}),
    "metrics": ("2.1", {"scrape": 0.9, "store": 0.1, "alert": 0.02}),
    "blog": ("latest", {"front": 0.4, "comments": 0.15}),
    "iot": ("0.3", {"ingest": 1.4, "rules": 0.25}),
}  # fmt: skip
_NETWORKED = frozenset({"edge_queue", "edge_cache", "mail_queue", "mail_smtp", "blog_front"})
_DEMANDS = {SPILLING: Demand.MEMORY, TRAINER: Demand.MEMORY, RENDERER: Demand.GPU_LABEL}
_SHORTFALL = {TRAINER: 0.45, RENDERER: 0.25, SPILLING: 0.3}
"""How the tasks that never run are divided."""


def catalogue(*, tasks: int, agents: int, spare: int) -> list[ServicePlan]:
    """Return the services that make `tasks` tasks run at the peak.

    `agents` is on how many nodes the global service runs, 0 for none. `spare`
    slots are placed only when room is found, see `SPILLING`.
    """
    plans = _plans()
    running = apportion([weight for _, weight in plans], tasks - agents)
    missing = apportion(list(_SHORTFALL.values()), round(tasks * (WANTED_FOR_EACH_RUNNING - 1)))
    shortfall = dict(zip(_SHORTFALL, missing, strict=True))
    sized = [
        _sized(plan, placed, shortfall.get(plan.full_name, 0), spare)
        for (plan, _), placed in zip(plans, running, strict=True)
    ]
    return ([AGENT] if agents else []) + [plan for plan in sized if plan.replicas]


def _sized(plan: ServicePlan, running: int, never: int, spare: int) -> ServicePlan:
    late = min(spare, running) if plan.full_name == SPILLING else 0
    return replace(plan, replicas=running + never, placed=running - late)


def _plans() -> Sequence[tuple[ServicePlan, float]]:
    return [
        (_plan(stack, name, f"registry.example/{stack}/{name}:{tag}"), weight)
        for stack, (tag, services) in _STACKS.items()
        for name, weight in services.items()
    ]


def _plan(stack: str, name: str, image: str) -> ServicePlan:
    full_name = f"{stack}_{name}"
    return ServicePlan(
        stack=stack,
        name=name,
        image=image,
        has_network=full_name in _NETWORKED,
        demand=_DEMANDS.get(full_name, Demand.NOTHING),
    )
