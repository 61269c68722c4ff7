"""Put the simulated hosts together: a folder that leads to them, a socket, and who answers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from swarmtui.httpd.server import Server
from swarmtui.simulator.hosts.engines import HostEngines
from swarmtui.simulator.hosts.folder import USER, Folder
from swarmtui.simulator.hosts.keys import new_key
from swarmtui.simulator.hosts.roster import make_roster
from swarmtui.simulator.hosts.running import Runner
from swarmtui.simulator.hosts.street import Street, listen_on_loopback
from swarmtui.simulator.hosts.troubles import Wish
from swarmtui.simulator.world import World

_LOOK_EVERY_S = 2.0


@asynccontextmanager
async def serve_hosts(
    path: Path,
    wishes: Sequence[Wish],
    *,
    world: Callable[[], World],
    engines: HostEngines,
    server: Server,
) -> AsyncIterator[None]:
    """Answer ssh for every machine of the event until the block ends.

    `path` is the folder to write, see `Folder`. Raise `HostsError` before anything is served.
    """
    first, client_key = world(), new_key()
    roster, seed = make_roster(first, wishes), first.settings.seed
    folder = Folder(path, roster, seed=seed)
    runner = Runner(engines, server)
    street = Street(roster, engines, runner, user=USER, client_key=client_key, seed=seed)
    with listen_on_loopback() as listener:
        folder.write(first, port=listener.getsockname()[1], client_key=client_key)
        work = [
            asyncio.create_task(street.welcome(listener)),
            asyncio.create_task(_keep_inventory(folder, world)),
        ]
        try:
            yield
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await street.close()


async def _keep_inventory(folder: Folder, world: Callable[[], World]) -> None:
    """Write the inventory anew whenever an event has begun that gives other node ids."""
    cycle = world().cycle
    while True:
        await asyncio.sleep(_LOOK_EVERY_S)
        if world().cycle != cycle:
            cycle = world().cycle
            folder.write_inventory(world())
