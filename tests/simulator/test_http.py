"""HTTP as dockerd speaks it."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.simulator.engines import Engine


def read_head(plain: socket.socket) -> tuple[bytes, bytes]:
    """Return a response's head and what came after it in the same breath."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += plain.recv(65536)
    head, _, rest = received.partition(b"\r\n\r\n")
    return head, rest


def test_a_ping_tells_the_versions(peak: Engine) -> None:
    answer = peak.get("/_ping")

    assert (answer.status, answer.body) == (200, b"OK")
    assert answer.headers["Api-Version"] == "1.41"
    assert answer.headers["Docker-Experimental"] == "false"
    assert answer.headers["Ostype"] == "linux"
    assert answer.headers["Server"] == "Docker/20.10.24 (linux)"


def test_a_ping_by_head_has_no_body(peak: Engine) -> None:
    answer = peak.get("/_ping", method="HEAD")

    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == "0"


def test_a_connection_serves_one_request_after_another(peak: Engine) -> None:
    with peak.connect() as plain:
        for _ in range(3):
            plain.sendall(b"GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n")
            head, rest = read_head(plain)
            assert head.startswith(b"HTTP/1.1 200 OK")
            assert rest == b"OK"


def test_requests_sent_at_once_are_answered_in_order(peak: Engine) -> None:
    with peak.connect() as plain:
        plain.sendall(
            b"GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n"
            b"GET /nix HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n"
        )
        received = b""
        while piece := plain.recv(65536):
            received += piece

    assert received.index(b"200 OK") < received.index(b"404 Not Found")


def test_a_request_in_pieces_is_understood(peak: Engine) -> None:
    with peak.connect() as plain:
        for piece in (b"GET /_pi", b"ng HTTP/1.1\r\nHo", b"st: d\r\n\r", b"\n"):
            plain.sendall(piece)
        assert read_head(plain)[1] == b"OK"


def test_an_old_client_without_keep_alive_is_left_after_its_answer(peak: Engine) -> None:
    with peak.connect() as plain:
        plain.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
        head, _ = read_head(plain)
        assert b"Connection: close" in head
        assert plain.recv(10) == b""


def test_a_long_list_comes_in_chunks(peak: Engine) -> None:
    answer = peak.get("/v1.41/tasks")

    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.headers["Content-Length"] is None
    assert len(answer.json) > 2000


def test_a_short_answer_states_its_length(peak: Engine) -> None:
    assert peak.get("/containers/json").headers["Content-Length"] == "3"


def test_what_is_not_http_is_refused(peak: Engine) -> None:
    with peak.connect() as plain:
        plain.sendall(b"hello\r\n\r\n")
        head, body = read_head(plain)

    assert head.startswith(b"HTTP/1.1 400")
    assert "not an HTTP request" in json.loads(body)["message"]


def test_an_endless_head_is_refused(peak: Engine) -> None:
    with peak.connect() as plain:
        plain.sendall(b"GET /_ping HTTP/1.1\r\nX: " + b"x" * 70_000)
        assert read_head(plain)[0].startswith(b"HTTP/1.1 400")


def test_a_client_that_goes_away_does_not_trouble_others(peak: Engine) -> None:
    with peak.connect() as plain:
        plain.sendall(b"GET /tasks HTTP/1.1\r\nHost: d\r\n\r\n")

    assert peak.get("/_ping").status == 200


def test_many_clients_are_served_at_once(peak: Engine) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: peak.get("/v1.41/nodes"), range(32)))

    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1


@pytest.mark.parametrize("version", ["", "/v1.24", "/v1.40", "/v1.41"])
def test_every_version_up_to_its_own_is_served(peak: Engine, version: str) -> None:
    assert peak.get(f"{version}/nodes").status == 200


def test_a_newer_version_is_refused_in_json(peak: Engine) -> None:
    answer = peak.get("/v1.99/nodes")

    assert answer.status == 400
    assert answer.message == (
        "client version 1.99 is too new. Maximum supported API version is 1.41"
    )


def test_an_ancient_version_is_refused_in_plain_text(peak: Engine) -> None:
    answer = peak.get("/v1.12/nodes")

    assert answer.status == 400
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.body == (
        b"client version 1.12 is too old. Minimum supported API version is 1.24, "
        b"please upgrade your client to a newer version\n"
    )


@pytest.mark.parametrize("path", ["/nix", "/v1.41/nix", "/v1.99/nix", "/", "/nodes/", "/v1.41"])
def test_an_unknown_path_is_not_found(peak: Engine, path: str) -> None:
    answer = peak.get(path)

    assert (answer.status, answer.message) == (404, "page not found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(peak: Engine, method: str) -> None:
    answer = peak.get("/v1.41/nodes/mg0", method=method)

    assert answer.status == 405
    assert "looked at, not changed" in answer.message


def test_a_body_that_was_not_read_ends_the_connection(peak: Engine) -> None:
    with peak.connect() as plain:
        plain.sendall(b"POST /nodes HTTP/1.1\r\nContent-Length: 30\r\n\r\nGET / HTTP/1.1\r\n\r\n")
        head, _ = read_head(plain)

    assert b"405" in head.splitlines()[0]
    assert b"Connection: close" in head
