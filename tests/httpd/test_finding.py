"""One object by id, name or the beginning of an id."""

import pytest

from swarmtui.httpd.finding import find_one
from swarmtui.httpd.messages import ApiError

NAMES = {"abc1": "web", "abd2": "db", "xyz3": "web", "web": "other"}


def find(wanted: str) -> str:
    ids = {id_: id_ for id_ in NAMES}
    return find_one("service", wanted, ids, name_of=NAMES.__getitem__)


def test_an_id_is_preferred_to_a_name_and_a_name_to_a_beginning() -> None:
    assert find("web") == "web"
    assert find("db") == "abd2"
    assert find("xy") == "xyz3"


def test_what_fits_several_is_ambiguous_and_what_fits_none_is_not_found() -> None:
    with pytest.raises(ApiError, match="service ab is ambiguous \\(2 matches found\\)") as several:
        find("ab")
    with pytest.raises(ApiError, match="service nix not found") as none:
        find("nix")
    assert (several.value.status, none.value.status) == (400, 404)
