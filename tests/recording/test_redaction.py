"""Addresses and hostnames are replaced everywhere by the same others, and nothing else is."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.recording.errors import RecordingError
from swarmtui.recording.redaction import ADDRESSES, HOSTNAMES, Redaction, find_names
from swarmtui.swarm.text import plain

SALT = b"salt"


def redact(text: str, *, names: Sequence[str] = (), kinds: Sequence[str] = (HOSTNAMES,)) -> str:
    """Return the text with names replaced by `<name>`, so that one sees which was which."""
    redaction = Redaction(kinds, salt=SALT)
    for name in names:
        redaction.learn(name)
    out = redaction.text(text)
    for name in sorted(names, key=len, reverse=True):
        out = out.replace(redaction.name(name), f"<{name}>")
    return out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("node web-1 went down", "node <web-1> went down"),
        ("web-1: refused", "<web-1>: refused"),
        ("tcp://web-1:2375 does not answer", "tcp://<web-1>:2375 does not answer"),
        ("leader web-1 → mg0", "leader <web-1> → <mg0>"),
        ("lost WEB-1.", "lost <web-1>."),
        ("web-1.eu.example.com hangs", "<web-1> hangs"),
        ("is it web-1,mg0?", "is it <web-1>,<mg0>?"),
    ],
)
def test_a_hostname_is_replaced_as_a_whole_word(text: str, expected: str) -> None:
    assert redact(text, names=["web-1", "mg0"]) == expected


@pytest.mark.parametrize(
    "text", ["web-10 went down", "my-web-1", "web-1-old is gone", "xweb-1", "mg0_2", "web", "1"]
)
def test_a_hostname_inside_a_longer_word_is_none(text: str) -> None:
    assert redact(text, names=["web-1", "mg0"]) == text


SENTENCES = [
    "no suitable node (insufficient resources on 3 nodes)",
    "a manager gave no answer",
    "3 nodes went down, eu-west-1",
    "service a scaled from 3 to 10 replicas",
    "task: non-zero exit (137)",
]


@pytest.mark.parametrize("text", SENTENCES)
def test_hosts_called_like_everyday_words_leave_sentences_as_they_are(text: str) -> None:
    assert redact(text, names=["a", "node", "nodes", "3", "manager", "exit", "no"]) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("node a went down", "node <a> went down"),
        ("node node went down: heartbeat failure", "node <node> went down: heartbeat failure"),
        ("leader a → node, 12 s without a leader", "leader <a> → <node>, 12 s without a leader"),
        ("leader node again", "leader <node> again"),
        ("node became a manager", "<node> became a manager"),
        ("a is no manager any more", "<a> is no manager any more"),
        ("a: no answer for 25 s", "<a>: no answer for 25 s"),
        ("no answer from tcp://a:2375", "no answer from tcp://<a>:2375"),
    ],
)
def test_a_host_called_like_an_everyday_word_is_found_where_names_stand(
    text: str, expected: str
) -> None:
    assert redact(text, names=["a", "node"]) == expected


def test_a_field_that_is_a_hostname_is_replaced_whatever_it_is_called() -> None:
    redaction = Redaction([HOSTNAMES], salt=SALT)
    names = ["a", "node", "10", "web 1\x1b[31m", "ready"]
    assert not {redaction.name(name) for name in names} & set(names)


def test_names_that_sentences_carry_cut_or_made_harmless_are_the_same_name() -> None:
    redaction = Redaction([HOSTNAMES], salt=SALT)
    long, odd = "x" * 60, "we\x1b[31mb one"
    shown = redaction.name(long)
    assert redaction.text(f"node {'x' * 39}… went down") == f"node {shown} went down"
    shown = redaction.name(odd)
    assert redaction.text(f"node {plain(odd)} went down") == f"node {shown} went down"


@pytest.mark.parametrize(
    "text",
    [
        "tcp://10.1.2.3:2375",
        "10.1.2.3.",
        "lost 10.1.2.3/24",
        "010.001.002.003",
        "ip-10-1-2-3.ec2.internal",
        "node-5-10-1-2-3",
        "1.10.1.2.3",
    ],
)
def test_the_same_address_is_replaced_by_the_same_however_it_is_written(text: str) -> None:
    redaction = Redaction([ADDRESSES], salt=SALT)
    other = redaction.text("10.1.2.3")
    assert other != "10.1.2.3"
    found = redaction.text(text)
    assert found.replace("-", ".").count(other) == 1
    assert "1.2.3" not in found.replace("-", ".").replace(other, "")


@pytest.mark.parametrize("text", ["dial [2001:db9::7]:2377: refused", "2001:db9::7: refused"])
def test_addresses_of_version_6_are_replaced(text: str) -> None:
    redaction = Redaction([ADDRESSES], salt=SALT)
    other = redaction.text("2001:db9::7")
    assert redaction.text(text) == text.replace("2001:db9::7", other)
    assert other.startswith("2001:db8:")


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:2375 and [::1]:2375 and 0.0.0.0",
        "engine 20.10.24",
        "at 12:30:45 on 2016-07-22",
        "std::string",
        "sha256:c0ffee::",
        "300.1.2.3",
        "",
    ],
)
def test_what_is_no_address_of_anybody_stays(text: str) -> None:
    assert Redaction([ADDRESSES], salt=SALT).text(text) == text


def test_nothing_is_replaced_that_was_not_asked_for() -> None:
    text = "node web-1 at 10.1.2.3 went down"
    addresses = Redaction([ADDRESSES], salt=SALT)
    addresses.learn("web-1")
    assert addresses.text(text) == f"node web-1 at {addresses.text('10.1.2.3')} went down"
    assert redact(text, names=["web-1"]) == "node <web-1> at 10.1.2.3 went down"
    assert Redaction().text(text) is text


def test_what_replaces_a_name_cannot_be_found_out_by_trying() -> None:
    assert Redaction([HOSTNAMES]).name("web-1") != Redaction([HOSTNAMES]).name("web-1")


def test_who_shares_a_network_still_does_and_networks_stay_networks() -> None:
    redaction = Redaction([ADDRESSES], salt=SALT)
    near, far, other = (
        ip_address(redaction.text(address)) for address in ("10.4.7.1", "10.4.9.200", "10.5.7.1")
    )
    nets = [ip_network(redaction.text(net)) for net in ("10.4.7.0/24", "10.4.0.0/16")]
    assert [near in net for net in nets] == [True, True]
    assert [far in net for net in nets] == [False, True]
    assert [other in net for net in nets] == [False, False]
    wide = ip_network(redaction.text("2a01:4f8:1::/48"))
    narrow = ip_network(redaction.text("2a01:4f8:1:7::/64"))
    assert ip_address(redaction.text("2a01:4f8:1:7::42")) in narrow
    assert narrow.subnet_of(wide)  # type: ignore[arg-type] # both are of version 6
    assert ip_address(redaction.text("2a01:4f8:1:8::42")) not in narrow


def test_the_addresses_of_a_full_network_stay_different() -> None:
    redaction = Redaction([ADDRESSES], salt=SALT)
    assert len({redaction.text(f"10.4.7.{n}") for n in range(1, 256)}) == 255


@given(st.lists(st.ip_addresses(v=4).map(str), unique=True, max_size=50))
def test_different_addresses_stay_different(addresses: list[str]) -> None:
    redaction = Redaction([ADDRESSES], salt=SALT)
    assert len({redaction.text(each) for each in addresses}) == len(addresses)


@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_text_can_be_redacted(text: str, names: list[str]) -> None:
    redaction = Redaction([ADDRESSES, HOSTNAMES], salt=SALT)
    for name in names:
        redaction.learn(name)
    once = redaction.text(text)
    assert redaction.text(text) == once


def test_a_kind_that_does_not_exist_is_named() -> None:
    with pytest.raises(RecordingError, match="cannot redact names: write addresses or hostnames"):
        Redaction(["names"])


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        (
            (
                "over after 3 min: 9 black holes swallow tasks of web: w1, w2, w3 and 6 more — "
                "1,055 failures in 5 min"
            ),
            ["w1", "w2", "w3"],
        ),
        ("1 black hole swallows tasks of 2 services: w1 — 7 failures in 5 min", ["w1"]),
        (
            (
                "over after 20 s: 3 of 5 managers reachable: the swarm may lose none of them; "
                "mg2, mg3 out of reach"
            ),
            ["mg2", "mg3"],
        ),
        ("over after 20 s: web runs 2 of 3 tasks and comes no further", []),
    ],
)
def test_hosts_in_what_is_told_of_problems_are_found(sentence: str, names: list[str]) -> None:
    assert list(find_names(sentence)) == names
