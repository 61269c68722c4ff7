"""Real hosts over real ssh: what is tailed there is what their engines say."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Condition
from typing import Any

import pytest

from swarmtui.ssh.login import Door
from swarmtui.ssh.roll_call import ask_machine
from swarmtui.ssh.tail import TailObservation
from swarmtui.ssh.tails import Tails
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import ContainerStats, StatsSeen, TailSeen, TailState
from tests.lab import image
from tests.lab.engine import Engine, EngineOptions
from tests.lab.rack import Rack
from tests.lab.ssh_server import VISITOR, SshServer

CLIS = {"20.10": Path("/usr/bin/docker"), "28": Path("/usr/local/bin/docker")}
BURN = ["sh", "-c", "while :; do :; done"]
# 30 million characters in a variable of the shell.
HOLD = ["sh", "-c", "x=$(head -c 30000000 /dev/zero | tr '\\0' x); while :; do sleep 1000; done"]


class Watched:
    """What the tails of one test told."""

    def __init__(self) -> None:
        self.all: list[TailObservation] = []
        self._news = Condition()

    def __call__(self, seen: TailObservation) -> None:
        with self._news:
            self.all.append(seen)
            self._news.notify_all()

    @property
    def last(self) -> TailSeen | None:
        return next((s for s in reversed(self.all) if isinstance(s, TailSeen)), None)

    @property
    def stats(self) -> list[StatsSeen]:
        return [seen for seen in self.all if isinstance(seen, StatsSeen)]

    def newest(self) -> Mapping[str, ContainerStats]:
        """Return what the last frame said, by the container's name."""
        return {each.container: each for each in self.stats[-1].containers} if self.stats else {}

    def wait_for(self, predicate: Callable[[], object], *, within_s: float) -> None:
        with self._news:
            assert self._news.wait_for(predicate, timeout=within_s), self.last

    def wait_for_state(self, state: TailState, *, within_s: float) -> TailSeen:
        self.wait_for(lambda: self.last and self.last.state is state, within_s=within_s)
        assert self.last
        return self.last


@pytest.fixture(scope="module")
def rack(engines_allowed: None) -> Iterator[Rack]:
    """Return one engine, with a container that burns the CPU and one that holds memory."""
    with Rack() as rack:
        rack.add_engines(EngineOptions("solo"))
        run = ["run", "--detach", "--memory=200m"]
        rack.docker(*run, "--network=host", "--name=burner", image.NAME, *BURN, on="solo")
        rack.docker(*run, "--network=none", "--name=holder", image.NAME, *HOLD, on="solo")
        yield rack


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".ssh").mkdir()
    return tmp_path


@pytest.fixture
def door(home: Path) -> Iterator[Door]:
    door = Door(home=home, agent="")
    yield door
    door.close()


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def tails(door: Door, watched: Watched) -> Iterator[Tails]:
    tails = Tails(door, watched)
    yield tails
    tails.close()
    assert tails.join(30)


def machine_of(sshd: SshServer, home: Path) -> Machine:
    """Return the machine behind an sshd, whose key is known from now on."""
    with (home / ".ssh" / "known_hosts").open("a") as known:
        known.write(f"{sshd.known_hosts_line}\n")
    return Machine(
        name="solo",
        addr=sshd.host,
        port=sshd.port,
        user=sshd.user,
        key_files=(str(sshd.key_path),),
    )


def ask_engine(engine: Engine, container: str) -> dict[str, Any]:
    """Return the engine's own numbers for a container."""
    body: dict[str, Any] = engine.get(f"/containers/{container}/stats?stream=false").body
    return body


def memory_of(numbers: Mapping[str, Any]) -> int:
    """Return the memory in use as the docker CLI counts it: without the cache that can go."""
    memory = numbers["memory_stats"]
    details = memory["stats"]
    cache = details.get("total_inactive_file", details.get("inactive_file", 0))
    return int(memory["usage"] - cache)


@pytest.mark.parametrize("cli", CLIS)
def test_the_numbers_are_those_of_the_engine(
    cli: str, rack: Rack, home: Path, tails: Tails, watched: Watched
) -> None:
    if not CLIS[cli].exists():
        pytest.skip(f"there is no docker CLI {cli} at {CLIS[cli]}")
    engine = rack.engines["solo"]
    port = 2200 + list(CLIS).index(cli)
    tails.want([machine_of(rack.other_sshd("solo", docker=CLIS[cli], port=port), home)])
    watched.wait_for(lambda: "burner" in watched.newest(), within_s=20)
    before, began = ask_engine(engine, "burner"), time.monotonic()
    first = len(watched.stats)
    watched.wait_for(lambda: len(watched.stats) >= first + 8, within_s=30)
    after, lasted = ask_engine(engine, "burner"), time.monotonic() - began

    used_ns = after["cpu_stats"]["cpu_usage"]["total_usage"]
    used_ns -= before["cpu_stats"]["cpu_usage"]["total_usage"]
    percents = [
        each.cpu_percent or 0
        for seen in watched.stats[first:]
        for each in seen.containers
        if each.container == "burner"
    ]
    mean = sum(percents) / len(percents)
    assert mean == pytest.approx(used_ns / lasted / 1e7, rel=0.25)
    assert mean > 25

    holder, burner = watched.newest()["holder"], watched.newest()["burner"]
    numbers = ask_engine(engine, "holder")
    assert holder.memory_bytes == pytest.approx(memory_of(numbers), rel=0.01)
    assert (holder.memory_bytes or 0) > 30_000_000
    assert holder.memory_limit_bytes == numbers["memory_stats"]["limit"] == 200 << 20
    assert holder.pids == numbers["pids_stats"]["current"]
    assert burner.pids == after["pids_stats"]["current"]
    assert holder.container_id == engine.get("/containers/holder/json").body["Id"]
    seconds = [seen.taken_at.timestamp() for seen in watched.stats]
    assert len(seconds) / (seconds[-1] - seconds[0]) == pytest.approx(1, abs=0.3)


def test_containers_that_come_and_go_are_seen_to(
    rack: Rack, home: Path, tails: Tails, watched: Watched
) -> None:
    tails.want([machine_of(rack.sshd("solo"), home)])
    watched.wait_for(lambda: "burner" in watched.newest(), within_s=20)
    rack.docker("run", "--detach", "--network=host", "--name=late", image.NAME, on="solo")
    watched.wait_for(lambda: "late" in watched.newest(), within_s=20)
    rack.docker("rm", "--force", "late", on="solo")
    watched.wait_for(lambda: "late" not in watched.newest(), within_s=20)
    assert {"burner", "holder"} <= set(watched.newest())


def test_a_host_without_docker_says_so(
    rack: Rack, home: Path, door: Door, tails: Tails, watched: Watched
) -> None:
    machine = machine_of(rack.other_sshd("solo", docker=None, port=2210), home)
    tails.want([machine])
    told = watched.wait_for_state(TailState.RETRYING, within_s=20)
    assert "no docker command there" in told.text
    answer = ask_machine(machine, door=door)
    assert (answer.reachable, answer.error) == (False, told.text)


def test_a_user_without_permission_is_told(
    rack: Rack, home: Path, door: Door, tails: Tails, watched: Watched
) -> None:
    sshd = rack.other_sshd("solo", docker=rack.cli, port=2211, user=VISITOR)
    machine = machine_of(sshd, home)
    tails.want([machine])
    told = watched.wait_for_state(TailState.RETRYING, within_s=20)
    assert "this user may not talk to docker" in told.text
    assert ask_machine(machine, door=door).error == told.text


@pytest.mark.parametrize("cli", CLIS)
def test_an_engine_that_does_not_run_is_told_from_docker_missing(
    cli: str, rack: Rack, home: Path, door: Door
) -> None:
    if not CLIS[cli].exists():
        pytest.skip(f"there is no docker CLI {cli} at {CLIS[cli]}")
    port = 2200 + list(CLIS).index(cli)
    machine = machine_of(rack.other_sshd("solo", docker=CLIS[cli], port=port), home)
    rack.kill("solo")
    try:
        answer = ask_machine(machine, door=door)
    finally:
        rack.start("solo")
    assert (answer.reachable, answer.swarm_state) == (False, None)
    assert "its engine does not run" in answer.error


def test_an_unknown_host_key_stays_refused_until_it_is_known(
    rack: Rack, home: Path, tails: Tails, watched: Watched
) -> None:
    machine = machine_of(rack.sshd("solo"), home)
    known = home / ".ssh" / "known_hosts"
    line = known.read_text()
    known.unlink()
    tails.want([machine])
    told = watched.wait_for_state(TailState.REFUSED, within_s=20)
    assert "SHA256:" in told.text
    known.write_text(line)
    tails.retry(["solo"])
    watched.wait_for_state(TailState.LIVE, within_s=20)


def test_a_killed_sshd_is_lost_and_found_again(
    rack: Rack, home: Path, tails: Tails, watched: Watched
) -> None:
    sshd = rack.sshd("solo")
    tails.want([machine_of(sshd, home)])
    watched.wait_for_state(TailState.LIVE, within_s=20)
    sshd.stop()
    lost = watched.wait_for_state(TailState.RETRYING, within_s=20)
    assert lost.text
    assert lost.retry_at is not None
    watched.wait_for(lambda: watched.last and "nobody listens" in watched.last.text, within_s=20)
    sshd.start()
    watched.wait_for_state(TailState.LIVE, within_s=30)


def test_a_restarted_engine_is_tailed_again(
    rack: Rack, home: Path, tails: Tails, watched: Watched
) -> None:
    tails.want([machine_of(rack.sshd("solo"), home)])
    watched.wait_for_state(TailState.LIVE, within_s=20)
    rack.kill("solo")
    watched.wait_for_state(TailState.RETRYING, within_s=20)
    rack.start("solo")
    rack.docker("start", "burner", "holder", on="solo")
    seen = len(watched.stats)
    watched.wait_for(
        lambda: len(watched.stats) > seen and "burner" in watched.newest(), within_s=90
    )


def test_an_engine_that_hangs_is_stale_and_live_when_it_goes_on(
    rack: Rack, home: Path, tails: Tails, watched: Watched
) -> None:
    tails.want([machine_of(rack.sshd("solo"), home)])
    watched.wait_for(lambda: "burner" in watched.newest(), within_s=20)
    rack.freeze("solo")
    try:
        watched.wait_for_state(TailState.STALE, within_s=25)
        assert watched.newest()["burner"].cpu_percent is None
    finally:
        rack.thaw("solo")
    watched.wait_for_state(TailState.LIVE, within_s=60)


def test_a_black_hole_is_stale_then_lost_then_found_again(
    rack: Rack, home: Path, tails: Tails, watched: Watched
) -> None:
    """The cable is out: nobody is told, and a connection that is up stays up."""
    tails.want([machine_of(rack.sshd("solo"), home)])
    watched.wait_for_state(TailState.LIVE, within_s=20)
    rack.cut("solo")
    try:
        began = time.monotonic()
        stale = watched.wait_for_state(TailState.STALE, within_s=15)
        assert "no stats for 10 s" in stale.text
        watched.wait_for_state(TailState.RETRYING, within_s=25)
        assert 29 < time.monotonic() - began < 33
    finally:
        rack.mend("solo")
    watched.wait_for_state(TailState.LIVE, within_s=40)
