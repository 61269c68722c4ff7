"""Whose eyes a swarm is seen with, and what claims that come later change."""

import pytest
from msgspec.structs import replace

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.insight.claim import Claim, Claims, Network
from swarmtui.insight.crowds import crowds_of
from swarmtui.insight.eyes import Eyes
from swarmtui.insight.picture import Picture, Place
from swarmtui.insight.share import Shares
from swarmtui.insight.viewpoint import Viewpoint
from swarmtui.swarm.machine import Machine
from tests.factories import at, make_node, nodes_seen

IDS = tuple(f"{n}" * 25 for n in "abcd")
NODES = (
    make_node(IDS[0], hostname="one", labels={"contributor": "NIPA"}),
    make_node(IDS[1], hostname="ip-10-0-0-7", addr="10.0.0.7"),
    make_node(IDS[2], hostname="ip-10-0-0-8", state="down"),
    make_node(IDS[3], hostname="two", labels={"contributor": "INET, Bob"}),
)


def make_analyst(**rules: object) -> Analyst:
    attribution = Attribution(Rules(**rules))  # type: ignore[arg-type]
    analyst = Analyst(
        place=attribution.place,
        machines=attribution.rules.machines,
        place_machine=attribution.place_machine,
        hear=attribution.hear,
        look_as=attribution.look_as,
        is_mine=attribution.is_mine,
    )
    analyst.see(nodes_seen(list(NODES), whole=True))
    return analyst


def mine_of(picture: Picture) -> list[str]:
    return [id_ for id_, place in picture.places.items() if place.mine]


def test_another_contributor_becomes_me_and_the_one_before_no_longer_is() -> None:
    analyst = make_analyst(mine="nipa")
    assert mine_of(analyst.picture(at(1))) == [IDS[0]]
    analyst.look_as(Viewpoint(mine="bob"))
    assert mine_of(analyst.picture(at(1))) == [IDS[3]]
    analyst.look_as(Viewpoint())
    assert mine_of(analyst.picture(at(1))) == []


def test_who_promised_nodes_can_be_me_before_any_has_joined() -> None:
    claims = Claims(pledged={"Eve": 12, "Bob": 3})
    analyst = make_analyst(mine="bob")
    analyst.look_as(Viewpoint(mine="eve", claims=claims))
    picture = analyst.picture(at(1))
    assert [crowd.name for crowd in crowds_of(picture) if crowd.mine] == ["Eve"]
    share = Shares().find(picture)
    assert share is not None
    assert (share.nodes, share.pledged) == (0, 12)
    analyst.look_as(Viewpoint(claims=claims))
    assert Shares().find(analyst.picture(at(1))) is None


def test_who_promised_nothing_and_has_no_nodes_has_no_share() -> None:
    analyst = make_analyst(mine="eve")
    assert Shares().find(analyst.picture(at(1))) is None


def test_pictures_handed_out_before_stay_as_they_are() -> None:
    analyst = make_analyst(mine="nipa")
    before = analyst.picture(at(1))
    analyst.look_as(Viewpoint(mine="bob"))
    analyst.picture(at(1))
    assert mine_of(before) == [IDS[0]]


def test_unclaimed_nodes_with_like_names_can_be_mine() -> None:
    analyst = make_analyst()
    analyst.look_as(Viewpoint(pattern="ip-#-#-#-#"))
    assert mine_of(analyst.picture(at(1))) == [IDS[1], IDS[2]]
    analyst.look_as(Viewpoint(pattern="one"))
    assert mine_of(analyst.picture(at(1))) == []


def test_nodes_that_come_later_are_seen_from_there_too() -> None:
    analyst = make_analyst()
    analyst.look_as(Viewpoint(mine="Eve"))
    analyst.see(nodes_seen([make_node("e" * 25, labels={"owner": "@eve"})], second=5))
    assert mine_of(analyst.picture(at(6))) == ["e" * 25]


def test_machines_that_are_no_nodes_are_seen_from_there_too() -> None:
    machine = Machine(name="spare", addr="10.9.9.9", contributor="Eve")
    analyst = make_analyst(machines=(machine,))
    assert not analyst.picture(at(1)).machines["spare"].mine
    analyst.look_as(Viewpoint(mine="eve"))
    assert analyst.picture(at(1)).machines["spare"].mine


def test_new_claims_and_pledges_count_at_once() -> None:
    analyst = make_analyst()
    claims = Claims(by_id={IDS[1]: Claim("Eve")}, pledged={"Eve": 9, "Mallory": 2})
    analyst.look_as(Viewpoint(claims=claims))
    groups = {group.name: group for group in analyst.picture(at(1)).contributors}
    assert (groups["Eve"].nodes, groups["Eve"].pledged) == (1, 9)
    assert (groups["Mallory"].nodes, groups["Mallory"].pledged) == (0, 2)
    analyst.look_as(Viewpoint())
    names = {group.name for group in analyst.picture(at(1)).contributors}
    assert not {"Eve", "Mallory"} & names


def test_a_label_goes_before_a_claim_that_comes_later() -> None:
    analyst = make_analyst()
    analyst.look_as(Viewpoint(claims=Claims(by_id={IDS[0]: Claim("Eve")})))
    assert analyst.places[IDS[0]].contributor == "NIPA"


def test_later_claims_hold_and_keep_what_they_do_not_speak_of() -> None:
    older = Claims(by_id={IDS[0]: Claim("a", "r1"), IDS[1]: Claim("b")}, pledged={"a": 1, "b": 2})
    newer = Claims(by_id={IDS[0][:12]: Claim("x")}, pledged={"b": 3}, cut_lengths=(12,))
    both = newer.over(older)
    assert both.find(NODES[0]) == Claim("x", "r1")
    assert both.find(NODES[1]) == Claim("b")
    assert both.pledged == {"a": 1, "b": 3}
    assert Claims().over(older) is older
    assert newer.over(Claims()) is newer


@pytest.mark.parametrize(
    ("known", "contributor"),
    [
        (Place(), "Eve"),
        (Place(contributor="Bob", contributor_from="claims file"), "Eve"),
        (Place(contributor="Bob", contributor_from="hostname pattern"), "Eve"),
        (Place(contributor="Bob", contributor_from="node label"), "Bob"),
    ],
)
def test_claims_of_today_on_recorded_places_keep_the_order_of_reasons(
    known: Place, contributor: str
) -> None:
    eyes = Eyes(Viewpoint(mine="eve", claims=Claims(by_id={IDS[1]: Claim("Eve")})))
    seen = eyes.see(NODES[1], known)
    assert (seen.contributor, seen.mine) == (contributor, contributor == "Eve")


def test_a_network_of_today_does_not_take_what_a_list_gave() -> None:
    networks = (Network("10.0.0.0/8", contributor="Eve"),)
    eyes = Eyes(Viewpoint(claims=Claims(networks=networks)))
    listed = Place(contributor="Bob", contributor_from="claims file")
    assert eyes.see(NODES[1], listed).contributor == "Bob"
    assert eyes.see(NODES[1], Place()).contributor == "Eve"


def test_my_share_is_what_is_ready_of_mine() -> None:
    analyst = make_analyst()
    shares = Shares()
    assert shares.find(analyst.picture(at(1))) is None
    analyst.look_as(Viewpoint(pattern="ip-#-#-#-#"))
    share = shares.find(analyst.picture(at(1)))
    assert share is not None
    assert (share.nodes, share.nodes_of_all, share.ready, share.lost) == (2, 4, 1, 1)
    assert share.part == pytest.approx(1 / 3)
    analyst.see(nodes_seen([replace(NODES[2], state=NODES[1].state)], second=5))
    share = shares.find(analyst.picture(at(6)))
    assert share is not None
    assert share.ready == 2
