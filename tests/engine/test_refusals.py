"""What engines say instead of an answer, in their own words."""

import json

import pytest

from swarmtui.engine.refusals import REFUSALS, explain, explain_text
from swarmtui.swarm.observation import FailureKind

# As moby 20.10 and newer word them (daemon/cluster/errors.go, api/server/middleware/version.go).
NO_SWARM = (
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect '
    "this node to swarm and try again."
)
WORKER = (
    "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. "
    "Please run this command on a manager node or promote the current node to a manager."
)
LOCKED = (
    "Swarm is encrypted and needs to be unlocked before it can be used. Please use "
    '"docker swarm unlock" to unlock it.'
)
NO_LEADER = (
    "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few "
    "managers are online. Make sure more than half of the managers are online."
)
TIMED_OUT = "rpc error: code = DeadlineExceeded desc = context deadline exceeded"
UNREACHED = "rpc error: code = Unavailable desc = connection error: desc = transport"
TOO_NEW = "client version 1.99 is too new. Maximum supported API version is 1.41"
TOO_OLD = (
    "client version 1.11 is too old. Minimum supported API version is 1.12, please upgrade your "
    "client to a newer version"
)
GONE = "service q9oax0i7wpfn5kn6sx0j7xarg not found"
TLS_ONLY = "Client sent an HTTP request to an HTTPS server."

SAID: dict[str, tuple[int, str, FailureKind]] = {
    "not in a swarm": (503, NO_SWARM, FailureKind.NOT_IN_SWARM),
    "not a manager": (503, WORKER, FailureKind.NOT_MANAGER),
    "locked": (503, LOCKED, FailureKind.LOCKED),
    "no leader": (500, NO_LEADER, FailureKind.NO_LEADER),
    "a task list too large for now": (500, TIMED_OUT, FailureKind.OVERLOADED),
    "tasks of a service that was removed": (404, GONE, FailureKind.GONE),
    "no answer from the leader in time": (500, TIMED_OUT, FailureKind.NO_LEADER),
    "the leader is out of reach": (500, UNREACHED, FailureKind.NO_LEADER),
    "client too new": (400, TOO_NEW, FailureKind.VERSION),
    "client too old": (400, TOO_OLD, FailureKind.VERSION),
    "plain HTTP to a TLS port": (400, TLS_ONLY, FailureKind.DENIED),
}


def test_every_refusal_known_has_the_words_of_an_engine() -> None:
    assert set(SAID) == {refusal.name for refusal in REFUSALS}


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize("is_json", [True, False])
def test_a_refusal_is_understood_in_json_and_in_plain_text(name: str, is_json: bool) -> None:
    status, said, kind = SAID[name]
    body = json.dumps({"message": said}) if is_json else f"{said}\n"
    path = "/tasks" if kind in {FailureKind.OVERLOADED, FailureKind.GONE} else "/nodes"
    error = explain(status, body.encode(), host="tcp://m1:2375", path=path)
    assert error.kind is kind
    assert "tcp://m1:2375" in error.text


@pytest.mark.parametrize(
    ("status", "body", "kind", "text"),
    [
        (500, b'{"message":"boom"}', FailureKind.BROKEN, "status 500: boom"),
        (404, b"", FailureKind.BROKEN, "status 404: nothing more"),
        (403, b"\xff\x1b[2J", FailureKind.DENIED, "status 403: \N{REPLACEMENT CHARACTER}·"),
        (301, b"<a>", FailureKind.BROKEN, "a redirection (301), which is not followed: <a>"),
        (500, b'{"message":7}', FailureKind.BROKEN, 'status 500: {"message":7}'),
    ],
)
def test_any_other_answer_is_shown_as_it_is(
    status: int, body: bytes, kind: FailureKind, text: str
) -> None:
    error = explain(status, body, host="m1", path="/x")
    assert (error.kind, error.text) == (kind, f"m1 answers /x with {text}")


def test_an_error_within_an_answer_is_understood_too() -> None:
    _, said, kind = SAID["no leader"]
    assert explain_text(said, host="m1").kind is kind
    assert explain_text("odd", host="m1").text == "m1 says of its swarm: odd"
