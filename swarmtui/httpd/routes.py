"""The paths and versions of an Engine API that can be read and not changed."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from swarmtui.httpd.messages import TEXT, ApiError, Request, Response, error_response

Version = tuple[int, ...]

_VERSIONED = re.compile(r"/v([0-9.]{1,16})(/.*)")
_UNDATED = (0, 0)
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_NO_CACHE = {"Cache-Control": "no-cache, no-store, must-revalidate", "Pragma": "no-cache"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request on its way to a handler."""

    query: Mapping[str, str]
    version: Version
    identity: str = ""
    """What follows the name of the collection, in `/nodes/{id}`."""

    def flag(self, key: str) -> bool:
        """Return a boolean of the query, as Go reads one; raise `ApiError` when it is none."""
        text = self.query.get(key, "")
        if text in _TRUE or text in _FALSE or not text:
            return text in _TRUE
        raise ApiError(
            400,
            f'invalid value for {key}: {text}: strconv.ParseBool: parsing "{text}": invalid syntax',
        )


Handler = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Who answers which path, in which versions of the API."""

    lists: Mapping[str, Handler]
    """By path, such as `/nodes`."""
    objects: Mapping[str, Handler]
    """By the path of the collection that an object is of: `/nodes` for `/nodes/{id}`."""
    newest: Version
    oldest: Version
    refusal: str
    """What is said to those who want to change something."""
    unknown: str = "page not found"
    """What is said to those who ask for anything else."""

    async def answer(self, request: Request) -> Response:
        """Answer a request; what goes wrong is an answer, too."""
        version, path = _split(request.path)
        try:
            return await self._answer(request, version, path)
        except ApiError as error:
            is_ancient = _UNDATED < version < self.oldest
            return error_response(error, as_text=is_ancient)

    async def _answer(self, request: Request, version: Version, path: str) -> Response:
        if request.method not in {"GET", "HEAD"}:
            raise ApiError(405, self.refusal)
        if request.method == "HEAD" and path != "/_ping":
            raise ApiError(404, self.unknown)
        handler, identity = self._find(path)
        self._check(version)
        version = version if version != _UNDATED else self.newest
        return await handler(Call(query=request.query, version=version, identity=identity))

    def _find(self, path: str) -> tuple[Handler, str]:
        if path == "/_ping":
            return _ping, ""
        if path in self.lists:
            return self.lists[path], ""
        collection, slash, identity = path[1:].partition("/")
        is_one = slash and identity and "/" not in identity
        if is_one and f"/{collection}" in self.objects:
            return self.objects[f"/{collection}"], identity
        raise ApiError(404, self.unknown)

    def _check(self, version: Version) -> None:
        if version > self.newest:
            raise ApiError(
                400,
                f"client version {dotted(version)} is too new. "
                f"Maximum supported API version is {dotted(self.newest)}",
            )
        if _UNDATED < version < self.oldest:
            raise ApiError(
                400,
                f"client version {dotted(version)} is too old. Minimum supported API version is "
                f"{dotted(self.oldest)}, please upgrade your client to a newer version",
            )


def dotted(version: Version) -> str:
    """Return a version of the API as it is written."""
    return ".".join(str(number) for number in version)


async def _ping(_call: Call) -> Response:
    return Response(body=(b"OK",), content_type=TEXT, headers=_NO_CACHE)


def _split(path: str) -> tuple[Version, str]:
    versioned = _VERSIONED.fullmatch(path)
    if versioned is None:
        return _UNDATED, path
    numbers = [int(number or 0) for number in versioned[1].split(".")]
    return tuple([*numbers, 0][:2]), versioned[2]
