"""What is wrong with simulated hosts, as the real ssh client meets it."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from swarmtui.simulator.hosts.troubles import (
    SHARE_IN_ALL,
    HostTrouble,
    UnknownTroubleError,
    Wish,
    allot,
    count_unjoined,
    parse_wishes,
)
from tests.simulator.conftest import SMALL
from tests.simulator.engines import EPOCH
from tests.simulator.hosts import INFO, STATS, VERSION, Hosts, hosting, need_ssh

pytestmark = pytest.mark.hosts

ILL: dict[HostTrouble, str] = {
    kind: f"crowsnest-sw{number:03d}"
    for number, kind in enumerate(
        (kind for kind in HostTrouble if kind is not HostTrouble.UNJOINED), start=1
    )
}


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """Serve hosts of which one has each trouble."""
    need_ssh()
    wishes = [f"--ssh-trouble={kind}={name}" for kind, name in ILL.items()]
    options = (*SMALL, "--at", "peak", "--hold", "--epoch", EPOCH, *wishes)
    with hosting(tmp_path_factory.mktemp("ill"), *options) as running:
        yield running


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (HostTrouble.REFUSED_KEY, "Permission denied (publickey)"),
        (HostTrouble.UNKNOWN_KEY, "No ED25519 host key is known for"),
        (HostTrouble.CHANGED_KEY, "REMOTE HOST IDENTIFICATION HAS CHANGED"),
        (HostTrouble.GARBAGE, "banner"),
    ],
)
def test_ssh_says_why_there_is_no_login(hosts: Hosts, kind: HostTrouble, words: str) -> None:
    ran = hosts.run(ILL[kind], INFO)

    assert ran.status == 255
    assert words in ran.complaint
    assert ran.output == b""


@pytest.mark.parametrize("kind", [HostTrouble.HANG, HostTrouble.HANG_DOCKER])
def test_a_host_that_hangs_says_nothing(hosts: Hosts, kind: HostTrouble) -> None:
    with pytest.raises(subprocess.TimeoutExpired) as caught:
        hosts.run(ILL[kind], INFO, within_s=2)

    assert not caught.value.output


def test_a_host_that_drops_ends_the_connection_in_the_middle(hosts: Hosts) -> None:
    ran = hosts.run(ILL[HostTrouble.DROP], STATS)

    assert ran.status == 255
    assert ran.output.startswith(b"\x1b")


def test_a_slow_host_answers_in_the_end(hosts: Hosts) -> None:
    assert hosts.run(ILL[HostTrouble.SLOW], INFO).json["Swarm"]["LocalNodeState"] == "active"


def test_a_garbled_host_prints_what_is_no_json(hosts: Hosts) -> None:
    ran = hosts.run(ILL[HostTrouble.GARBLED], INFO)

    assert ran.status == 0
    with pytest.raises(ValueError, match=r"codec|Invalid|delimiter|Expecting"):
        _ = ran.json


def test_a_host_without_docker_finds_no_command(hosts: Hosts) -> None:
    ran = hosts.run(ILL[HostTrouble.NO_DOCKER], STATS)

    assert (ran.status, ran.complaint) == (127, "sh: 1: docker: not found\n")


def test_a_user_without_permission_is_told_so_as_docker_does(hosts: Hosts) -> None:
    name = ILL[HostTrouble.NO_PERMISSION]
    stats, info, version = (hosts.run(name, line) for line in (STATS, INFO, VERSION))

    assert stats.status == version.status == 1
    assert stats.complaint.startswith("permission denied while trying to connect to the Docker")
    assert version.json["Server"] is None
    assert "permission denied" in info.output.decode() + info.complaint


def test_by_default_two_in_a_hundred_have_one_of_every_kind_of_trouble() -> None:
    names = [f"n{number}" for number in range(2381)]
    wishes = parse_wishes(["some"])
    allotted = allot(wishes, names=names, workers=names, chance=Random(1))
    kinds = Counter(allotted.values())

    assert set(kinds) == set(HostTrouble) - {HostTrouble.UNJOINED}
    assert len(allotted) + count_unjoined(wishes, len(names)) <= SHARE_IN_ALL * len(names)


def test_small_shares_of_few_hosts_do_not_all_come_to_nobody() -> None:
    names = [f"n{number}" for number in range(342)]

    assert len(allot(parse_wishes(["some"]), names=names, workers=names, chance=Random(1))) == 5


def test_a_host_is_given_its_trouble_by_name_and_others_by_share() -> None:
    names = ["mg0", *(f"n{number}" for number in range(10))]
    wishes = parse_wishes(["hang=mg0", "slow=20%"])
    allotted = allot(wishes, names=names, workers=names[1:], chance=Random(1))

    assert allotted.pop("mg0") is HostTrouble.HANG
    assert list(allotted.values()) == [HostTrouble.SLOW, HostTrouble.SLOW]


def test_none_is_no_trouble() -> None:
    assert parse_wishes(["none"]) == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("sick=n1", "'sick' is none of some, none, refused-key"),
        ("hang", "'hang' says no host; write hang=NAME or hang=5%"),
        ("hang=", "says no host"),
        ("hang=0%", "not between 0% and 100%"),
        ("hang=nan%", "not between 0% and 100%"),
        ("hang=x%", "not between 0% and 100%"),
        ("unjoined=n1", "a node did join"),
    ],
)
def test_a_wrong_wish_is_explained(text: str, complaint: str) -> None:
    with pytest.raises(UnknownTroubleError) as caught:
        parse_wishes([text])

    assert complaint in str(caught.value)


def test_a_host_that_there_is_not_is_named() -> None:
    wish = Wish(kind=HostTrouble.HANG, host="nobody")
    with pytest.raises(UnknownTroubleError, match="no simulated host is called 'nobody'"):
        allot([wish], names=["n1"], workers=["n1"], chance=Random(1))
