"""TLS against real servers: who is trusted, and what is said of who is not."""

from pathlib import Path

import pytest

from swarmtui.engine.address import Address
from swarmtui.engine.errors import EngineError
from swarmtui.engine.session import Session
from swarmtui.engine.tls import Tls
from swarmtui.swarm.observation import FailureKind
from tests.engine.certificates import Authority, Pair, server_context
from tests.engine.fake_engine import answer, raw, tcp_engine


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "ours")


@pytest.fixture
def theirs(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "theirs")


def ask(
    host: str, *, ca: Authority | None, client: Pair | None = None, verify: bool = True
) -> bytes:
    tls = Tls(
        ca=ca.file if ca else "",
        cert=client.cert if client else "",
        key=client.key if client else "",
        verify=verify,
    )
    session = Session(Address(url=host, tls=tls))
    try:
        return session.read("/_ping")
    finally:
        session.close()


def refusal(
    host: str, *, ca: Authority | None, client: Pair | None = None, verify: bool = True
) -> EngineError:
    with pytest.raises(EngineError) as caught:
        ask(host, ca=ca, client=client, verify=verify)
    return caught.value


def test_a_server_of_the_given_authority_is_trusted(ours: Authority) -> None:
    with tcp_engine(answer("OK"), context=server_context(ours.issue("server"))) as engine:
        assert ask(engine.host, ca=ours) == b"OK"


def test_the_environment_decides_neither_for_nor_against_a_server(
    ours: Authority, theirs: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would take REQUESTS_CA_BUNDLE instead of the CA given, and a proxy on the way."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with tcp_engine(answer("OK"), context=server_context(ours.issue("server"))) as engine:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", theirs.file)
        monkeypatch.setenv("CURL_CA_BUNDLE", theirs.file)
        assert ask(engine.host, ca=ours) == b"OK"
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", ours.file)
        monkeypatch.setenv("CURL_CA_BUNDLE", ours.file)
        assert refusal(engine.host, ca=theirs).kind is FailureKind.DENIED


def test_a_server_of_another_authority_is_refused(ours: Authority, theirs: Authority) -> None:
    with tcp_engine(answer("OK"), context=server_context(theirs.issue("server"))) as engine:
        for ca in (ours, None):
            error = refusal(engine.host, ca=ca)
            assert error.kind is FailureKind.DENIED
            assert "not signed by the given CA" in error.text
            assert "--tlscacert" in error.text
    assert engine.requests == []


def test_without_verifying_any_server_will_do(ours: Authority, theirs: Authority) -> None:
    with tcp_engine(answer("OK"), context=server_context(theirs.issue("server"))) as engine:
        assert ask(engine.host, ca=ours, verify=False) == b"OK"


def test_a_certificate_for_another_name_is_refused(ours: Authority) -> None:
    pair = ours.issue("server", hosts=("10.0.0.7", "m1.example.org"))
    with tcp_engine(answer("OK"), context=server_context(pair)) as engine:
        assert "for another name" in refusal(engine.host, ca=ours).text


def test_an_expired_certificate_is_refused(ours: Authority) -> None:
    pair = ours.issue("server", days=-3)
    with tcp_engine(answer("OK"), context=server_context(pair)) as engine:
        assert "not valid now" in refusal(engine.host, ca=ours).text


def test_a_client_certificate_is_shown_and_its_lack_is_said(
    ours: Authority, theirs: Authority
) -> None:
    context = server_context(ours.issue("server"), clients_of=ours)
    with tcp_engine(answer("OK"), context=context) as engine:
        assert ask(engine.host, ca=ours, client=ours.issue("me")) == b"OK"
        for client in (None, theirs.issue("me")):
            # Whether the alert or the end of the connection is seen first is up to the system.
            error = refusal(engine.host, ca=ours, client=client)
            assert error.kind in {FailureKind.DENIED, FailureKind.REFUSED}
            assert "--tlscert" in error.text


def test_tls_spoken_to_a_plain_port_is_said_to_be(ours: Authority) -> None:
    with tcp_engine(raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as engine:
        error = refusal(engine.host, ca=ours)
    assert error.kind is not FailureKind.BROKEN
    assert "TLS" in error.text


def test_plain_http_spoken_to_a_tls_port_is_said_to_be(ours: Authority) -> None:
    """Go's server, and so every engine, answers that in plain HTTP."""
    body = b"Client sent an HTTP request to an HTTPS server.\n"
    with tcp_engine(answer(body, status=400, kind="text/plain")) as engine:
        session = Session(Address(url=engine.host))
        with pytest.raises(EngineError, match="speaks TLS only; add --tlsverify"):
            session.read("/_ping")
        session.close()


@pytest.mark.parametrize("broken", ["ca", "cert", "key", "other key"])
def test_tls_files_that_do_not_fit_are_said_to(
    tmp_path: Path, ours: Authority, broken: str
) -> None:
    junk = tmp_path / "junk.pem"
    junk.write_text("junk")
    me = ours.issue("me")
    files = {"ca": ours.file, "cert": me.cert, "key": me.key}
    files |= {"key": ours.issue("other").key} if broken == "other key" else {broken: str(junk)}
    tls = Tls(ca=files["ca"], cert=files["cert"], key=files["key"])
    session = Session(Address(url="tcp://127.0.0.1:1", tls=tls))
    with pytest.raises(EngineError, match=r"is no CA certificate|are no certificate") as caught:
        session.read("/_ping")
    session.close()
    assert caught.value.kind is FailureKind.DENIED
