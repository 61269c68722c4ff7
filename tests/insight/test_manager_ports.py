"""What docker lets on about the ports of the managers."""

import pytest

from swarmtui.insight.manager_ports import tell_port
from tests.factories import machine_seen

DIALLING = 'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while '


@pytest.mark.parametrize(
    ("error", "join", "gossip"),
    [
        ("", "unknown", "unknown"),
        ("code = DeadlineExceeded desc = context deadline exceeded", "unknown", "unknown"),
        (f'{DIALLING}dialing dial tcp 10.0.0.1:2377: i/o timeout"', "timed out", "unknown"),
        (f'{DIALLING}dialing: dial tcp [fd00::1]:2377: connect: connection refused"', "refused",
         "unknown"),
        (f'{DIALLING}dialing dial tcp mg0:2377: connect: no route to host"', "no route", "unknown"),
        ("dial tcp 10.0.0.1:7946: connect: connection refused", "unknown", "refused"),
        ("dial tcp 10.0.0.1:443: connect: connection refused", "unknown", "unknown"),
        ("error while validating Root CA Certificate: x509: certificate has expired", "reached",
         "unknown"),
        ("rpc error: code = InvalidArgument desc = invalid join token", "reached", "unknown"),
    ],
)  # fmt: skip
def test_a_port_is_what_docker_says_of_it_and_else_unknown(
    error: str, join: str, gossip: str
) -> None:
    seen = machine_seen("m1", join_error=error)
    assert (tell_port(seen, 2377), tell_port(seen, 7946)) == (join, gossip)
