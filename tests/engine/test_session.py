"""The session on real sockets: unix, loopback TCP."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from swarmtui.engine.address import Address
from swarmtui.engine.errors import EngineError
from swarmtui.engine.line import NotAReadError
from swarmtui.engine.session import Listener, Receipt, Session
from swarmtui.engine.ssh_door import SshDoor
from swarmtui.swarm.observation import FailureKind
from tests.engine.fake_engine import (
    Script,
    answer,
    hang,
    in_chunks,
    in_turn,
    raw,
    tcp_engine,
    unix_engine,
)


class Notes(Listener):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.receipts: list[Receipt] = []

    def asked(self, path: str) -> None:
        self.paths.append(path)

    def answered(self, receipt: Receipt) -> None:
        self.receipts.append(receipt)


class TickingClock:
    """Moves on by a second with each look at it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def failure(session: Session, path: str = "/nodes") -> EngineError:
    with pytest.raises(EngineError) as caught:
        session.read(path)
    return caught.value


def session_for(host: str) -> Session:
    return Session(Address(url=host))


def test_a_body_of_known_length_and_a_chunked_one_both_arrive_whole(tmp_path: Path) -> None:
    body = b"x" * 3_000_000
    script: dict[str, Script] = {"/a": answer(body), "/b": in_chunks([body[:10], body[10:]])}
    with unix_engine(tmp_path, lambda visit: script[visit.request.path](visit)) as engine:
        session = session_for(engine.host)
        assert session.read("/a") == body
        assert session.read("/b") == body
        session.close()


@pytest.mark.parametrize("head", [b"HTTP/1.0 200 OK", b"HTTP/1.1 200 OK\r\nConnection: close"])
def test_a_body_that_ends_with_the_connection_arrives_whole(tmp_path: Path, head: bytes) -> None:
    body = b"x" * 1_000_000
    with unix_engine(tmp_path, raw(head + b"\r\n\r\n" + body)) as engine:
        session = session_for(engine.host)
        assert session.read("/nodes") == session.read("/nodes") == body
        session.close()
    assert engine.connections == 2


def test_all_paths_share_one_connection(tmp_path: Path) -> None:
    with unix_engine(tmp_path, answer("{}")) as engine:
        session = session_for(engine.host)
        for service in "abcdef":
            session.read("/tasks", filters={"service": (service,)})
        session.close()
    assert engine.connections == 1
    assert [r.filters for r in engine.requests] == [{"service": [s]} for s in "abcdef"]


@pytest.mark.parametrize("status", ["200 OK", "500 Oops"])
def test_a_chunk_of_negative_size_is_a_broken_answer(tmp_path: Path, status: str) -> None:
    head = f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with unix_engine(tmp_path, raw(head.encode() + b"-5\r\nabcde\r\n0\r\n\r\n")) as engine:
        session = session_for(engine.host)
        assert failure(session).kind is FailureKind.REFUSED
        session.close()


def test_paths_carry_version_and_prefix(tmp_path: Path) -> None:
    with tcp_engine(answer("{}")) as engine:
        session = session_for(f"{engine.host}/behind/proxy")
        session.read("/version")
        session.api_version = "1.41"
        session.read("/nodes")
        session.read("/version", versioned=False)
        session.close()
    assert [request.target for request in engine.requests] == [
        "/behind/proxy/version",
        "/behind/proxy/v1.41/nodes",
        "/behind/proxy/version",
    ]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
def test_nothing_but_get_can_leave(tmp_path: Path, method: str) -> None:
    with unix_engine(tmp_path, answer("{}")) as engine:
        line = session_for(engine.host)._line
        with pytest.raises(NotAReadError, match=method):
            line._open().request(method, "/nodes/x/update")
        with pytest.raises(NotAReadError):
            line._open().request("GET", "/build", body=b"body")
        line.hang_up()
    assert engine.requests == []
    assert engine.connections == 0


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_nothing_but_get_can_leave_through_ssh(tmp_path: Path, method: str) -> None:
    door = SshDoor("ssh://127.0.0.1:1", home=tmp_path, connect_s=1)
    with pytest.raises(NotAReadError, match=method):
        door.connection().request(method, "/nodes/x/update")
    with pytest.raises(NotAReadError):
        door.connection().request("GET", "/build", body=b"body")
    door.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "https://127.0.0.1/", "file:///etc/passwd"])
def test_the_session_knows_no_other_way_out(tmp_path: Path, url: str) -> None:
    with unix_engine(tmp_path, answer("{}")) as engine:
        session = session_for(engine.host)
        with pytest.raises(EngineError):
            session.read(url)
        session.close()
    assert engine.requests == []


def test_redirections_are_not_followed(tmp_path: Path) -> None:
    script = answer("", status=302, headers="Location: http+docker://engine/elsewhere\r\n")
    with unix_engine(tmp_path, script) as engine:
        session = session_for(engine.host)
        error = failure(session)
        session.close()
    assert "redirection (302)" in error.text
    assert len(engine.requests) == 1


def test_the_environment_has_no_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    (tmp_path / "netrc").write_text("default login me password secret\n")
    with tcp_engine(answer("{}", headers="Set-Cookie: a=b\r\n")) as engine:
        session = session_for(engine.host)
        session.read("/nodes")
        session.read("/nodes")
        session.close()
    assert engine.requests[0].headers.keys() == {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
    } | ({"connection"} & engine.requests[0].headers.keys())
    assert "cookie" not in engine.requests[1].headers


def test_each_request_is_announced_and_accounted_for(tmp_path: Path) -> None:
    notes = Notes()
    with unix_engine(tmp_path, in_chunks([b"abc", b"defg"])) as engine:
        session = Session(Address(url=engine.host), listener=notes, clock=TickingClock())
        session.read("/nodes")
        session.close()
    assert notes.paths == ["/nodes"]
    # Looks at the clock: the start at 1; two around the head, and around each of two reads.
    assert notes.receipts == [Receipt(path="/nodes", asked_at=1.0, took_s=3.0, bytes=7, ok=True)]


def test_a_failed_request_is_accounted_for_too(tmp_path: Path) -> None:
    notes = Notes()
    with unix_engine(tmp_path, answer({"message": "boom"}, status=500)) as engine:
        session = Session(Address(url=engine.host), listener=notes)
        assert "boom" in failure(session).text
        session.close()
    assert [(r.ok, r.bytes) for r in notes.receipts] == [(False, 19)]


def test_time_the_reader_takes_is_not_the_engines(tmp_path: Path) -> None:
    notes, clock = Notes(), TickingClock()
    with unix_engine(tmp_path, in_chunks([b"a", b"b"])) as engine:
        session = Session(Address(url=engine.host), listener=notes, clock=clock)
        with session.get("/nodes") as reply:
            for _ in reply.trickle():
                clock.now += 1000
        session.close()
    assert notes.receipts[0].took_s == 4.0


def test_errors_of_the_reader_stay_what_they_are(tmp_path: Path) -> None:
    with unix_engine(tmp_path, answer("{}")) as engine:
        session = session_for(engine.host)
        with pytest.raises(BrokenPipeError), session.get("/nodes"):
            raise BrokenPipeError("the reader's own")
        session.close()


def test_a_silent_engine_is_a_timeout_that_names_host_and_path(tmp_path: Path) -> None:
    with unix_engine(tmp_path, hang) as engine:
        session = session_for(engine.host)
        with pytest.raises(EngineError) as caught, session.get("/nodes", read_timeout_s=0.05):
            pass
        session.close()
    assert caught.value.kind is FailureKind.TIMED_OUT
    assert caught.value.text.startswith(f"no answer from {engine.host} for 0.05 s (GET /nodes)")


def test_silence_in_the_middle_of_a_body_is_a_timeout(tmp_path: Path) -> None:
    with unix_engine(tmp_path, in_chunks([b"[1,"], then_hang=True)) as engine:
        session = session_for(engine.host)
        with (
            pytest.raises(EngineError) as caught,
            session.get("/nodes", read_timeout_s=0.05) as reply,
        ):
            reply.read()
        session.close()
    assert caught.value.kind is FailureKind.TIMED_OUT


BROKEN = [
    (b"", FailureKind.REFUSED),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", FailureKind.REFUSED),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", FailureKind.REFUSED),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", FailureKind.REFUSED),
    (b"SSH-2.0-OpenSSH_9.2\r\n", FailureKind.BROKEN),
    (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", FailureKind.BROKEN),
]


BROKEN_NAMES = ["nothing", "short", "cut in a chunk", "no chunk size", "ssh", "endless headers"]


@pytest.mark.parametrize(("data", "kind"), BROKEN, ids=BROKEN_NAMES)
def test_a_broken_answer_is_one_error_and_the_session_goes_on(
    tmp_path: Path, data: bytes, kind: FailureKind
) -> None:
    with unix_engine(tmp_path, in_turn(raw(data), answer("{}"))) as engine:
        session = session_for(engine.host)
        assert failure(session).kind is kind
        assert session.read("/nodes") == b"{}"
        session.close()
    assert engine.connections == 2


def test_nobody_there_and_no_socket_there_are_told_apart(tmp_path: Path) -> None:
    with unix_engine(tmp_path, answer("{}")) as engine:
        pass
    gone = failure(session_for(engine.host))
    none = failure(session_for(f"unix://{tmp_path}/none.sock"))
    file = failure(session_for(f"unix://{tmp_path}"))
    assert gone.kind is none.kind is file.kind is FailureKind.REFUSED
    assert "nobody listens" in gone.text
    assert none.text.startswith(f"no socket at {tmp_path}/none.sock")


def test_names_that_do_not_resolve_are_said_to(tmp_path: Path) -> None:
    assert "no such host name" in failure(session_for("tcp://nowhere.invalid:2375")).text
    too_long = "x" * 80
    assert "no such host name" in failure(session_for(f"tcp://{too_long}:2375")).text


@pytest.fixture
def hanging_on_tcp() -> Iterator[str]:
    with tcp_engine(hang) as engine:
        yield engine.host


@pytest.fixture
def hanging_on_unix(tmp_path: Path) -> Iterator[str]:
    with unix_engine(tmp_path, in_chunks([b"[1,"], then_hang=True)) as engine:
        yield engine.host


@pytest.mark.parametrize("which", ["hanging_on_tcp", "hanging_on_unix"])
def test_a_hanging_request_can_be_closed_from_another_thread(
    which: str, request: pytest.FixtureRequest
) -> None:
    session = session_for(request.getfixturevalue(which))
    began, caught = threading.Event(), []

    class Began(Listener):
        def asked(self, path: str) -> None:
            assert path == "/nodes"
            began.set()

    session.listener = Began()

    def ask() -> None:
        try:
            session.read("/nodes")
        except EngineError as error:
            caught.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    assert began.wait(timeout=10)
    session.close()
    thread.join(timeout=5)
    assert not thread.is_alive()
    assert "closed here" in caught[0].text


def test_a_closed_session_stays_closed(tmp_path: Path) -> None:
    with unix_engine(tmp_path, answer("{}")) as engine:
        session = session_for(engine.host)
        session.close()
        assert "closed here" in failure(session).text
    assert engine.requests == []
