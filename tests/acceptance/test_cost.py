"""What the watching says it costs is what it costs, as somebody in between counts it."""

from pathlib import Path

import pytest

from tests.acceptance.watching import Watching
from tests.lab.lab import Lab
from tests.lab.proxy import Proxy

pytestmark = pytest.mark.lab

LONGEST_HEAD = 700
"""Bytes of an answer that are not its body: head, and the sizes of its chunks."""


def test_requests_and_bytes_are_those_that_pass_by(swarm: Lab, tmp_path: Path) -> None:
    engine = swarm.engines[swarm.leader() or "mg0"]
    with (
        Proxy(engine.url, f"unix://{tmp_path}/proxy.sock") as proxy,
        # A picture with each pulse: one that came with the nodes would count without them.
        Watching(proxy.address, still_pace_s=1.0) as watching,
    ):
        # Within the first minute, so that nothing has left the window yet; and in the same moment,
        # for requests go on all the time.
        watching.wait_for(
            lambda picture: (
                picture.snapshot.cost.requests == len(proxy.traffic.requests) > 20
                and 0
                <= proxy.traffic.bytes_down - picture.snapshot.cost.bytes
                <= LONGEST_HEAD * len(proxy.traffic.requests)
            ),
            within_s=45,
            what="the cost shown is what passed the proxy",
        )
