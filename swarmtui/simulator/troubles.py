"""How tasks come to grief, in the words of real engines."""

from random import Random

from swarmtui.simulator.hostnames import HOSTILE
from swarmtui.simulator.lots import Trouble
from swarmtui.simulator.states import TaskState
from swarmtui.simulator.tasks import Ending, Gait, Task

_PREPARING, _STARTING, _RUNNING = 1, 3, 4
"""Places in a gait."""

_EXITS = (
    (1, "task: non-zero exit (1)"),
    (1, "task: non-zero exit (1)"),
    (137, "task: non-zero exit (137)"),
    (139, "task: non-zero exit (139)"),
    (137, "task: non-zero exit (137): dockerexec: unhealthy container"),
)
_VXLAN = (
    "starting container failed: network sandbox join failed: subnet sandbox join failed for "
    '"10.0.9.0/24": error creating vxlan interface: file exists'
)


class Troubles:
    """Chooses what goes wrong."""

    def __init__(self, chance: Random, *, hostile: bool) -> None:
        self._chance = chance
        self._hostile = hostile

    def mishap(self) -> Ending:
        """Return how a task fails on a sound node."""
        exit_code, err = self._chance.choice(_EXITS)
        if self._hostile and self._chance.random() < 0.5:
            err = self._chance.choice(HOSTILE)
        return Ending(TaskState.FAILED, "started", err, exit_code)

    def doom(self, trouble: Trouble, task: Task, gait: Gait) -> tuple[Ending, float]:
        """Return how trouble ends a task, and how many seconds after its assignment."""
        chance = self._chance
        match trouble:
            case Trouble.DISK_FULL:
                ending = Ending(TaskState.REJECTED, "preparing", self._disk_full(task))
                return ending, gait[_PREPARING] + chance.uniform(0.5, 5)
            case Trouble.NETWORK_BROKEN:
                ending = Ending(TaskState.FAILED, "starting", _VXLAN, 128)
                return ending, gait[_STARTING] + chance.uniform(0.3, 3)
            case Trouble.MEMORY_SHORT:
                ending = Ending(TaskState.FAILED, "started", "task: non-zero exit (137)", 137)
                return ending, gait[_RUNNING] + chance.uniform(1, 8)
            case Trouble.NO_IMAGE:
                ending = Ending(TaskState.REJECTED, "preparing", _no_image(task))
                return ending, gait[_PREPARING] + chance.uniform(0.5, 3)
            case Trouble.CRASH:
                ending = Ending(TaskState.FAILED, "started", "task: non-zero exit (1)", 1)
                return ending, gait[_RUNNING] + chance.uniform(0.5, 4)

    def _disk_full(self, task: Task) -> str:
        if self._chance.random() < 0.3:
            return _no_image(task)
        layer = f"{self._chance.getrandbits(64):016x}"
        return f"mkdir /var/lib/docker/overlay2/{layer}-init: no space left on device"


def _no_image(task: Task) -> str:
    return f"No such image: {task.service.plan.image}"
