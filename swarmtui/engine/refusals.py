"""Say what an engine means when it answers with an error instead of data."""

import re
from typing import NamedTuple

import msgspec

from swarmtui.engine.errors import EngineError
from swarmtui.swarm.observation import FailureKind


class Refusal(NamedTuple):
    """One sentence engines say, as moby and swarmkit word it, and what it means."""

    name: str
    pattern: str
    """Regular expression, searched for whatever the case."""
    kind: FailureKind
    text: str
    """With `{host}`, `{path}` and what the engine `{said}`."""
    path: str = ""
    """The only path it is about; empty for all."""


class _Message(msgspec.Struct):
    message: str = ""


REFUSALS: tuple[Refusal, ...] = (
    # First: engines in no swarm say that they are no swarm manager, too.
    Refusal(
        "not in a swarm",
        r'"?docker swarm init"? or "?docker swarm join|not part of a swarm',
        FailureKind.NOT_IN_SWARM,
        "{host} is in no swarm; name a manager of yours with -H",
    ),
    Refusal(
        "not a manager",
        r"not a swarm manager|Worker nodes can.t be used",
        FailureKind.NOT_MANAGER,
        "{host} is a worker of its swarm; ask one of the managers with -H",
    ),
    Refusal(
        "locked",
        r"encrypted and needs to be unlocked",
        FailureKind.LOCKED,
        "the swarm on {host} is locked; unlock it there with `docker swarm unlock`",
    ),
    Refusal(
        "no leader",
        r"does not have a leader|too few managers|lost leadership|no elected .*leader",
        FailureKind.NO_LEADER,
        "{host} knows no leader: an election, or too few managers are up; bring managers back",
    ),
    Refusal(
        "a task list too large for now",
        r"deadline ?exceeded",
        FailureKind.OVERLOADED,
        "{host} gave up on a task list after 20 s; it is asked for in smaller portions",
        path="/tasks",
    ),
    Refusal(
        "tasks of a service that was removed",
        r"service \S+ not found",
        FailureKind.GONE,
        "{host} has that service no more: {said}",
        path="/tasks",
    ),
    Refusal(
        "no answer from the leader in time",
        r"deadline ?exceeded|context canceled",
        FailureKind.NO_LEADER,
        "{host} got no answer from the leader in time ({path}); an election, or the quorum is lost",
    ),
    Refusal(
        "the leader is out of reach",
        r"code = Unavailable|connection (refused|error)|transport is closing",
        FailureKind.NO_LEADER,
        "{host} does not reach the leader ({path}): {said}",
    ),
    Refusal(
        "client too new",
        r"client version [\d.]+ is too new",
        FailureKind.VERSION,
        "{host} is too old for the API version asked for: {said}; is DOCKER_API_VERSION set?",
    ),
    Refusal(
        "client too old",
        r"client version [\d.]+ is too old|minimum supported API version",
        FailureKind.VERSION,
        "{host} wants a newer API version: {said}; is DOCKER_API_VERSION set?",
    ),
    Refusal(
        "plain HTTP to a TLS port",
        r"HTTP request to an HTTPS server",
        FailureKind.DENIED,
        "{host} speaks TLS only; add --tlsverify and the files for it",
    ),
)


def explain(status: int, body: bytes, *, host: str, path: str) -> EngineError:
    """Return what an answer other than 200 means; its body is JSON or plain text."""
    said = _said(body)
    return _recognise(said, host, path) or EngineError(
        _kind_of(status), f"{host} answers {path} with {_name(status)}: {said}"
    )


def explain_text(said: str, *, host: str) -> EngineError:
    """Return what an engine means by the error it names in an answer that is otherwise fine."""
    return _recognise(said, host, "GET /info") or EngineError(
        FailureKind.BROKEN, f"{host} says of its swarm: {said}"
    )


def _recognise(said: str, host: str, path: str) -> EngineError | None:
    for refusal in REFUSALS:
        if refusal.path and not path.endswith(refusal.path):
            continue
        if re.search(refusal.pattern, said, re.IGNORECASE):
            text = refusal.text.format(host=host, path=path, said=said)
            return EngineError(refusal.kind, text)
    return None


def _said(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Message).message or "nothing more"
    except (msgspec.DecodeError, UnicodeError):
        return body.decode("utf-8", "replace").strip() or "nothing more"


def _kind_of(status: int) -> FailureKind:
    return FailureKind.DENIED if status in {401, 403, 407} else FailureKind.BROKEN


def _name(status: int) -> str:
    if 300 <= status < 400:
        return f"a redirection ({status}), which is not followed"
    return f"status {status}"
