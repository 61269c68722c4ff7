"""Claims files in their three formats."""

from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.insight.claims import Claim, Claims, ClaimsError, Network, parse_claims
from tests.depth import examples
from tests.factories import make_node

OLD = """\
ID                           HOSTNAME                          MEMBERSHIP  STATUS  AVAILABILITY  MANAGER STATUS
00u4qvztqge0ozu9a2b1xc28r    bro2-docker                       Accepted    Ready   Active  Cloud by CAT - Powered by AR-BRO
01211slza7ofcxgbwsokoj6ya    nipa-cloud-29                     Accepted    Down    Active  NIPA Technology      
03bp4t5cgpmj9jr8o9kay54t4    hypriot-sw040                     Accepted    Ready   Active  @Quintus23M, @HypriotTweets
0celp29ush1c4w4s00vg8mov1    dockerswarm2k-26                  Accepted    Down    Active        
6wq8u5teiiisxyukw4rhebxp3 *  mg0                               Accepted    Ready   Drain         Reachable
edav00ej3nfhgqtv5rdxnmuya    mg1                               Accepted    Ready   Drain         Leader
1bcexdj0z4iduqropxqa0ys4f    mg2                               Accepted    Ready   Drain         Reachable   @chanwit
"""  # noqa: E501, W291 - as the CLI printed it

NEW = """\
ID                            HOSTNAME   STATUS    AVAILABILITY   MANAGER STATUS   ENGINE VERSION
6wq8u5teiiisxyukw4rhebxp3 *   mg0        Ready     Active         Leader           20.10.24+dfsg1
01211slza7ofcxgbwsokoj6ya     worker-1   Unknown   Drain                           20.10.24   INET 2000
03bp4t5cgpmj9jr8o9kay54t4                Down      Pause          Unreachable      26.1.0     Leaderless Ltd
00u4qvztqge0ozu9a2b1xc28r     Ready      Ready     Active                          29.0.0-rc.1
"""  # noqa: E501 - as the CLI prints it


def claimed(claims: Claims) -> dict[str, str]:
    return {id_[:4]: claim.contributor for id_, claim in claims.by_id.items()}


def test_claims_stand_at_the_end_of_what_docker_1_12_printed() -> None:
    claims = parse_claims(OLD)
    assert claimed(claims) == {
        "00u4": "Cloud by CAT - Powered by AR-BRO",
        "0121": "NIPA Technology",
        "03bp": "@Quintus23M, @HypriotTweets",
        "1bce": "@chanwit",
    }
    assert claims.warnings == ()


def test_a_managers_status_is_no_claim() -> None:
    assert not {"Leader", "Reachable"} & set(parse_claims(OLD).contributors)


def test_claims_stand_behind_the_engine_version_of_newer_dockers() -> None:
    claims = parse_claims(NEW)
    assert claimed(claims) == {"0121": "INET 2000", "03bp": "Leaderless Ltd"}
    assert claims.warnings == ()


def test_one_name_spelled_in_several_ways_is_one_contributor() -> None:
    lines = (
        OLD + "02uuey060mgsoaejmblciwwb4    x    Accepted    Ready   Active   nipa   TECHNOLOGY\n"
    )
    assert parse_claims(lines).contributors.count("NIPA Technology") == 1
    assert len(parse_claims(lines).contributors) == 4


def test_a_line_that_is_no_node_is_a_warning_and_loses_no_other() -> None:
    claims = parse_claims("# from the organisers\n\n" + OLD + "Total: 7 nodes\n")
    assert claims.warnings == ("line 11: not a line of docker node ls; left out",)
    assert len(claims.by_id) == 4


def test_a_node_claimed_by_two_is_the_later_ones_with_a_warning() -> None:
    again = "01211slza7ofcxgbwsokoj6ya    nipa-cloud-29    Accepted    Down    Active  @chanwit\n"
    claims = parse_claims(OLD + again)
    assert claimed(claims)["0121"] == "@chanwit"
    assert claims.warnings == (
        "line 9: 01211slza7ofcxgbwsokoj6ya is claimed twice; this claim holds",
    )


def test_a_list_of_thousands_is_counted_right() -> None:
    owners = ["@scaleway"] * 1200 + ["Internet Thailand"] * 200 + [""] * 184
    lines = [
        f"{n:025d}    node-{n % 96:<10}    Accepted    Ready   Active  {owner}{' ' * (n % 7)}"
        for n, owner in enumerate(owners)
    ]
    claims = parse_claims("\n".join(lines))
    counts = Counter(claim.contributor for claim in claims.by_id.values())
    assert counts == {"@scaleway": 1200, "Internet Thailand": 200}


def test_csv_claims_by_id_and_by_address_and_pledges() -> None:
    claims = parse_claims(
        "node,address,contributor,region,pledged,note\n"
        "01211slza7ofcxgbwsokoj6ya,,NIPA Technology,bkk,92,x\n"
        '03bp4t5cgpmj9jr8o9kay54t4,10.4.0.29,"@Quintus23M, @HypriotTweets",,264,\n'
        ",,Late Ltd,,50,\n"
    )
    both = Claim("@Quintus23M, @HypriotTweets")
    assert claims.by_id["03bp4t5cgpmj9jr8o9kay54t4"] == both
    assert claims.by_addr == {"10.4.0.29": both}
    assert claims.by_id["01211slza7ofcxgbwsokoj6ya"] == Claim("NIPA Technology", "bkk")
    assert claims.pledged == {
        "NIPA Technology": 92,
        "@Quintus23M, @HypriotTweets": 264,
        "Late Ltd": 50,
    }
    assert "Late Ltd" in claims.contributors


def test_csv_may_hold_pledges_alone_and_use_semicolons() -> None:
    assert parse_claims("Contributor; Pledged\nA; 10\nB; 20").pledged == {"A": 10, "B": 20}


def test_a_csv_row_that_cannot_be_used_is_a_warning_and_loses_no_other() -> None:
    claims = parse_claims(
        "node,address,contributor,pledged\n"
        "nipa-cloud-29,,A,\n"
        "01211slza7ofcxgbwsokoj6ya,10.4.0,A,many\n"
        "03bp4t5cgpmj9jr8o9kay54t4,,A,ten\n"
        ",,A,10\n"
        ",,A,11\n"
        ",,,12\n"
    )
    assert claims.warnings == (
        "line 2: nipa-cloud-29 is not a node id; hostnames do not tell",
        "line 3: 10.4.0 is not an address",
        "line 4: ten is not a number of nodes; write a contributor and a number",
        "line 6: A pledged 10 before; that holds",
        "line 7: nobody pledges; write a contributor and a number",
    )
    assert set(claimed(claims)) == {"0121", "03bp"}
    assert claims.pledged == {"A": 10}


def test_toml_claims_nodes_addresses_and_networks_for_contributors_and_regions() -> None:
    claims = parse_claims(
        """
        # who joined what
        [contributors."Internet Thailand"]
        pledged = 200
        region = "bkk"
        nodes = ["01211slza7ofcxgbwsokoj6ya"]
        addresses = ["10.4.0.29"]
        networks = ["10.4.0.0/16"]
        [regions.sgp1]
        networks = ["10.5.0.0/16"]
        nodes = ["03bp4t5cgpmj9jr8o9kay54t4"]
        """
    )
    theirs = Claim("Internet Thailand", "bkk")
    assert claims == Claims(
        by_id={
            "01211slza7ofcxgbwsokoj6ya": theirs,
            "03bp4t5cgpmj9jr8o9kay54t4": Claim("", "sgp1"),
        },
        by_addr={"10.4.0.29": theirs},
        networks=(
            Network("10.4.0.0/16", "bkk", "Internet Thailand"),
            Network("10.5.0.0/16", "sgp1"),
        ),
        pledged={"Internet Thailand": 200},
    )


def test_what_a_contributor_and_a_region_say_of_one_node_adds_up() -> None:
    claims = parse_claims(
        '[contributors.A]\nnodes = ["01211slza7ofcxgbwsokoj6ya"]\n'
        '[regions.bkk]\nnodes = ["01211slza7ofcxgbwsokoj6ya"]\n'
    )
    assert claims.by_id == {"01211slza7ofcxgbwsokoj6ya": Claim("A", "bkk")}
    assert claims.warnings == ()


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("hello\nworld", 1, "for CSV name the columns"),
        ("\n\nnode,address\nx,y", 3, "neither contributor nor region"),
        ("[contributors.A]\nnodes = [", 2, "not TOML"),
        ("[contributors.A]\n\nnodes = 3", 1, "contributors A: Expected `array`, got `int`"),
        ("[contributors.A]\npledged = -3", 1, "contributors A: Expected `int` >= 0"),
        ("[contributors.A]\nhosts = []", 1, "unknown field `hosts`"),
        ('[contributors.A]\n\nnodes = ["base"]', 3, "base is not a node id"),
        ('[contributors.A]\n\naddresses = ["10.4"]', 3, "10.4 is not an address"),
        ('[regions.A]\nnetworks = ["10.4.0.0/99"]', 2, "write it as 10.4.0.0/16"),
        ("[regions.A]\npledged = 3", 1, "region A holds only nodes, addresses and networks"),
        ("[owners.A]\nnodes = []", 1, "owners is not known here; write [contributors.NAME]"),
        ("contributors = 3", 1, "contributors is not a table"),
        ("a = " + "[" * 100_000, 1, "not TOML"),
    ],
)
def test_an_unusable_file_is_refused_at_its_line(text: str, line: int, part: str) -> None:
    with pytest.raises(ClaimsError) as caught:
        parse_claims(text)
    assert caught.value.line == line
    assert part in caught.value.message
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n \n", "# nothing yet", "\ufeff"])
def test_an_empty_file_claims_nothing(text: str) -> None:
    assert parse_claims(text) == Claims()


def test_ids_cut_short_as_docker_shows_them_are_matched_by_their_beginning() -> None:
    claims = parse_claims("node,contributor\n01211slza7of,A\n01211slza7,B\n")
    names = [
        (claims.find(make_node(id_)) or Claim("nobody")).contributor
        for id_ in ("01211slza7ofcxgbwsokoj6ya", "01211slza7zzcxgbwsokoj6ya", "01211slza")
    ]
    assert names == ["A", "B", "nobody"]


@examples(20)
@given(st.text() | st.from_regex(r"(node,contributor\n|\[contributors\.|ID NAME\n)[^\x00]*"))
def test_any_text_is_claims_or_a_claims_error(text: str) -> None:
    with suppress(ClaimsError):
        assert isinstance(parse_claims(text), Claims)
