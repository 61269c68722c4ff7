"""A lab with services on it, and the proof that nothing but GET ever reached its engines."""

from collections.abc import Iterator

import pytest

from tests.lab.lab import Lab
from tests.lab.rack import Mark
from tests.lab.request_log import LoggedRequest


@pytest.fixture(scope="package")
def watched_lab(lab: Lab) -> Iterator[Lab]:
    """Return the lab with one replicated and one global service, and one that fits nowhere.

    At the end every request that reached an engine, but for the lab's own, must have been a GET.
    """
    lab.heal()
    lab.create_service("web", replicas=6, options=["--constraint=node.role==worker"])
    lab.create_service("agent", replicas=None)
    lab.create_service(
        "nowhere",
        replicas=2,
        options=["--constraint=node.labels.moon==yes"],
        converge_within_s=None,
    )
    mark = lab.mark()
    yield lab
    _check_only_gets(lab, mark)
    for service in ("web", "agent", "nowhere"):
        lab.remove_service(service)


def _check_only_gets(lab: Lab, mark: Mark) -> None:
    lab.heal()
    requests = [request for name in lab.engines for request in lab.requests(name, since=mark)]
    assert requests
    # `docker system dial-stdio`, at the far end of ssh, is a docker CLI: it greets its own engine.
    greetings = [LoggedRequest("HEAD", "/_ping")]
    others = [request for request in requests if request not in greetings]
    assert {request.method for request in others} == {"GET"}


@pytest.fixture
def swarm(watched_lab: Lab) -> Lab:
    """Return that lab with everything up, ready and running."""
    watched_lab.heal()
    watched_lab.wait_for(
        lambda: _runs(watched_lab), within_s=60, what="all tasks run on nodes that are up"
    )
    return watched_lab


def _runs(lab: Lab) -> bool:
    listed = lab.docker(
        "service", "ls", "--format={{.Name}} {{.Replicas}}", on=lab.leader() or "mg0"
    )
    return {"web 6/6", "agent 5/5"} <= set(listed.splitlines())
