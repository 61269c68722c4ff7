"""Paths, versions and refusals of an Engine API that is only read."""

import json
from collections.abc import Mapping

import pytest

from swarmtui.httpd.messages import ApiError, Request, Response, json_response
from swarmtui.httpd.routes import Call, Routes


async def show_call(call: Call) -> Response:
    return json_response([call.identity, list(call.version), dict(call.query)])


async def show_flag(call: Call) -> Response:
    return json_response(call.flag("status"))


ROUTES = Routes(
    lists={"/nodes": show_call, "/flag": show_flag},
    objects={"/nodes": show_call},
    newest=(1, 41),
    oldest=(1, 24),
    refusal="hands off",
    unknown="no such thing",
)


async def ask(
    path: str, *, method: str = "GET", query: Mapping[str, str] | None = None
) -> tuple[int, object]:
    response = await ROUTES.answer(Request(method=method, path=path, query=query or {}))
    body = b"".join(response.body)
    is_json = response.content_type == "application/json"
    return response.status, json.loads(body) if is_json else body


async def test_a_path_is_answered_in_the_version_it_names() -> None:
    assert await ask("/v1.30/nodes") == (200, ["", [1, 30], {}])


async def test_a_path_without_a_version_is_answered_in_the_newest() -> None:
    assert await ask("/nodes") == (200, ["", [1, 41], {}])


async def test_what_follows_a_collection_names_one_of_it() -> None:
    assert await ask("/v1.41/nodes/mg0") == (200, ["mg0", [1, 41], {}])


@pytest.mark.parametrize(
    "path", ["/", "/nix", "/nodes/", "/nodes/mg0/logs", "/flag/1", "/v1.41", f"/v{'9' * 5000}/x"]
)
async def test_any_other_path_is_not_found(path: str) -> None:
    assert await ask(path) == (404, {"message": "no such thing"})


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "CONNECT", "x"])
@pytest.mark.parametrize("path", ["/nodes", "/v1.99/nix", "/_ping"])
async def test_whatever_could_change_something_is_refused(method: str, path: str) -> None:
    assert await ask(path, method=method) == (405, {"message": "hands off"})


async def test_only_a_ping_is_answered_without_its_body() -> None:
    assert (await ask("/_ping", method="HEAD"))[0] == 200
    assert (await ask("/nodes", method="HEAD"))[0] == 404


async def test_versions_beyond_both_ends_are_refused_the_old_ones_in_text() -> None:
    assert (await ask("/v1.42/nodes"))[0] == 400
    status, text = await ask("/v1.23/nodes")
    assert status == 400
    assert text == (
        b"client version 1.23 is too old. Minimum supported API version is 1.24, "
        b"please upgrade your client to a newer version\n"
    )


@pytest.mark.parametrize(
    ("text", "meant"), [("1", True), ("true", True), ("0", False), ("", False)]
)
async def test_a_flag_is_read_as_go_does(text: str, meant: bool) -> None:
    assert await ask("/flag", query={"status": text}) == (200, meant)


async def test_a_flag_that_is_none_is_refused() -> None:
    assert (await ask("/flag", query={"status": "yes"}))[0] == 400


def test_an_error_keeps_its_status_and_its_words() -> None:
    error = ApiError(403, "no")

    assert (error.status, error.message, str(error)) == (403, "no", "no")
