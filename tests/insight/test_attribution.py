"""Where a node is and whose, by which rule."""

import pytest

from swarmtui.insight.attribution import Attribution, Rules, RulesError
from swarmtui.insight.claim import Claim, Claims, Network
from swarmtui.insight.picture import Place
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen
from tests.factories import NOON, make_node

FULL_ID = "01211slza7ofcxgbwsokoj6ya"


def place(*, rules: Rules | None = None, **node: object) -> Place:
    return Attribution(rules or Rules()).place(make_node(FULL_ID, **node))


def test_a_node_nobody_knows_anything_of_is_unplaced_and_unclaimed() -> None:
    assert place(hostname="tender-sammet") == Place()


def test_the_node_label_wins_over_everything_else() -> None:
    rules = Rules(
        claims=Claims(by_id={FULL_ID: Claim("claims", "claims")}),
        networks=(Network("10.0.0.0/8", "network", "network"),),
    )
    found = place(
        rules=rules,
        labels={"region": "node", "contributor": "node"},
        engine_labels={"region": "engine", "contributor": "engine"},
        hostname="nyc1-7",
    )
    assert found == Place("node", "node label", "node", "node label")


def test_without_a_node_label_the_engine_label_counts() -> None:
    found = place(engine_labels={"region": "bkk", "owner": "INET"}, hostname="nyc1-7")
    assert found == Place("bkk", "engine label", "INET", "engine label")


def test_without_labels_the_claims_file_counts() -> None:
    rules = Rules(claims=Claims(by_id={FULL_ID: Claim("NIPA Technology", "bkk")}))
    found = place(rules=rules, hostname="nyc1-7")
    assert found == Place("bkk", "claims file", "NIPA Technology", "claims file")


INVENTORY = (Machine(name="m", addr="10.0.0.1", region="bkk", contributor="NIPA"),)


def test_without_labels_and_claims_the_inventory_counts() -> None:
    found = place(rules=Rules(machines=INVENTORY), hostname="nyc1-7", addr="10.0.0.1")
    assert found == Place("bkk", "inventory", "NIPA", "inventory")


def test_the_claims_file_goes_before_the_inventory_each_for_what_it_knows() -> None:
    claims = Claims(by_id={FULL_ID: Claim("INET")})
    found = place(rules=Rules(machines=INVENTORY, claims=claims), addr="10.0.0.1")
    assert found == Place("bkk", "inventory", "INET", "claims file")


def test_a_machine_that_said_which_node_it_is_counts_whatever_its_address() -> None:
    rules = Rules(machines=(Machine(name="m", addr="203.0.113.7", region="bkk"),))
    node = make_node(FULL_ID, addr="10.0.0.1")
    assert Attribution(rules).place(node).region == "unplaced"
    seen = MachineSeen(taken_at=NOON, machine="m", reachable=True, node_id=FULL_ID)
    assert Attribution(rules, seen=[seen]).place(node).region == "bkk"


def test_a_machine_of_mine_is_mine_even_when_its_label_names_another() -> None:
    rules = Rules(machines=INVENTORY, mine="nipa")
    found = place(rules=rules, addr="10.0.0.1", labels={"contributor": "somebody"})
    assert (found.contributor, found.mine) == ("somebody", True)


def test_region_and_contributor_are_found_each_on_its_own() -> None:
    rules = Rules(claims=Claims(by_id={FULL_ID: Claim("@fdoxyz")}))
    found = place(rules=rules, hostname="swarm2k-512mb-fra1-01")
    assert found == Place("fra1", "hostname pattern", "@fdoxyz", "claims file")


def test_the_narrowest_network_comes_last_and_wins_over_wider_ones() -> None:
    rules = Rules(
        networks=(Network("10.0.0.0/8", "wide", "us"), Network("10.0.0.0/24", "narrow")),
    )
    assert place(rules=rules, addr="10.0.0.9") == Place("narrow", "network", "us", "network")


def test_a_network_of_the_claims_file_is_a_network() -> None:
    rules = Rules(claims=Claims(networks=(Network("fd00::/8", "lab", "us"),)))
    assert place(rules=rules, addr="fd00::9") == Place("lab", "network", "us", "network")


def test_an_address_that_is_none_is_in_no_network() -> None:
    rules = Rules(networks=(Network("0.0.0.0/0", "world"),))
    assert place(rules=rules, addr="not an address").region == "unplaced"


@pytest.mark.parametrize(
    ("key", "is_found"),
    [
        ("region", True),
        ("Region", True),
        ("aws.region", True),
        ("com.example.region", True),
        ("topology.kubernetes.io/region", True),
        ("dc", True),
        ("subregion", False),
        ("region.note", False),
    ],
)
def test_common_variants_of_the_region_label_are_known(key: str, is_found: bool) -> None:
    assert (place(labels={key: "x"}).region == "x") is is_found


def test_a_label_without_text_says_nothing() -> None:
    assert place(labels={"region": " "}, engine_labels={"region": "bkk"}).region == "bkk"


def test_label_keys_come_from_the_rules_when_set() -> None:
    rules = Rules(region_labels=("Rack",))
    assert place(rules=rules, labels={"region": "no", "rack": "r7"}).region == "r7"


def test_escape_sequences_in_a_label_never_become_a_region() -> None:
    assert "\x1b" not in place(labels={"region": "a\x1b[31mb"}).region


@pytest.mark.parametrize(
    ("hostname", "region"),
    [
        ("ap-southeast-1-nipa-29", "ap-southeast-1"),
        ("ip-10-0-0-5.eu-west-1.compute.internal", "eu-west-1"),
        ("worker-us-east-1a-07", "us-east-1"),
        ("us-gov-west-1-node", "us-gov-west-1"),
        ("vm3.us-central1-a.c.project.internal", "us-central1"),
        ("europe-west4-b-12", "europe-west4"),
        ("us-east-12", "us-east"),
        ("nyc1-web-3", "nyc1"),
        ("sgp1-01", "sgp1"),
        ("fr-par-1-node-12", "fr-par"),
        ("ubuntu-512mb-FRA1", "fra1"),
        ("node-westeurope-3", "westeurope"),
        ("iad-31", "iad"),
        ("bro2-docker", "unplaced"),
        ("thirsty-williams", "unplaced"),
        ("status-east-side", "unplaced"),
        ("3knode5", "unplaced"),
        ("dockerswarm2k-26", "unplaced"),
        ("diadem-1", "unplaced"),
    ],
)
def test_regions_of_clouds_are_recognised_inside_hostnames(hostname: str, region: str) -> None:
    assert place(hostname=hostname).region == region


def test_a_pattern_of_the_user_can_name_the_contributor_too() -> None:
    rules = Rules(hostname_patterns=(r"^(?P<contributor>[a-z]+)-(?P<region>[a-z]+)\d+$",))
    found = place(rules=rules, hostname="hypriot-sw040")
    assert (found.region, found.contributor) == ("sw", "hypriot")


@pytest.mark.parametrize(
    ("rules", "part"),
    [
        (Rules(hostname_patterns=("(",)), "hostname pattern ("),
        (Rules(hostname_patterns=("sw[0-9]+",)), "name a group"),
        (Rules(networks=(Network("10.0.0.0/99"),)), "network 10.0.0.0/99"),
    ],
)
def test_a_broken_rule_is_named(rules: Rules, part: str) -> None:
    with pytest.raises(RulesError) as caught:
        Attribution(rules)
    assert part in str(caught.value)


def test_a_claim_holds_by_id_before_address_and_never_by_hostname() -> None:
    claims = Claims(
        by_id={FULL_ID: Claim("by id"), "base": Claim("by hostname")},
        by_addr={"10.0.0.1": Claim("by address")},
    )
    attribution = Attribution(Rules(claims=claims))
    twins = [
        make_node(FULL_ID, hostname="base", addr="10.0.0.1"),
        make_node("074eu83batnau82atgjdiky2d", hostname="base", addr="10.0.0.1"),
        make_node("08y6jya8f5tp7agxp3dg6d1cr", hostname="base", addr="10.0.0.2"),
    ]
    names = [attribution.place(node).contributor for node in twins]
    assert names == ["by id", "by address", "unclaimed"]


@pytest.mark.parametrize("mine", ["@HypriotTweets", "hypriottweets", "@Quintus23M, @HypriotTweets"])
def test_a_node_is_mine_when_i_am_one_of_those_who_claim_it(mine: str) -> None:
    claims = Claims(by_id={FULL_ID: Claim("@Quintus23M, @HypriotTweets")})
    assert place(rules=Rules(claims=claims, mine=mine)).mine


def test_a_node_i_claim_is_mine_even_when_its_label_names_another() -> None:
    rules = Rules(claims=Claims(by_id={FULL_ID: Claim("me")}), mine="Me")
    found = place(rules=rules, labels={"contributor": "somebody"})
    assert (found.contributor, found.mine) == ("somebody", True)


@pytest.mark.parametrize("mine", ["", "hyp", "unclaimed"])
def test_nothing_is_mine_by_accident(mine: str) -> None:
    assert not place(rules=Rules(mine=mine)).mine
    assert not place(rules=Rules(mine=mine), labels={"contributor": "hypriot"}).mine
