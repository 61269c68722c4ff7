"""Hosts to go through, in arguments of ssh."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.inventory.ssh_args import ArgumentsError, find_jump


@pytest.mark.parametrize(
    ("arguments", "jump"),
    [
        ("", ""),
        ("-o StrictHostKeyChecking=no", ""),
        ("-o ProxyJump=gate", "gate"),
        ("-oProxyJump=ops@gate:2222,inner", "ops@gate:2222,inner"),
        ("-o 'proxyjump gate'", "gate"),
        ("-o ProxyJump=none", ""),
        ("-J gate", "gate"),
        ("-Jgate", "gate"),
        ("-qCJ gate -4", "gate"),
        ("-i key -o ServerAliveInterval=5 -J gate", "gate"),
        ("""-o ProxyCommand="ssh -W %h:%p ops@gate" """, "ops@gate"),
        ("""-o ProxyCommand='/usr/bin/ssh -q -p 2222 -l ops -W "[%h]:%p" gate'""", "ops@gate:2222"),
        ("""-o ProxyCommand='ssh -o User=ops -o Port=22 -W %h:%p gate'""", "ops@gate:22"),
        ("""-o ProxyCommand='ssh -J outer -W %h:%p gate'""", "outer,gate"),
        ("-o ProxyCommand=none", ""),
        ("-J", ""),
    ],
)
def test_the_way_is_found(arguments: str, jump: str) -> None:
    assert find_jump(arguments) == jump


@pytest.mark.parametrize(
    "arguments",
    [
        "-o ProxyCommand='nc -X 5 %h %p'",
        "-o ProxyCommand='sh -c \"ssh -W %h:%p gate\"'",
        "-o ProxyCommand='ssh gate nc %h %p'",
        "-o ProxyCommand='ssh -W %h:%p'",
        "-o ProxyCommand='ssh -W %h:22 gate'",
        """-o ProxyCommand='ssh -o "ProxyCommand ssh -W %h:%p a" -W %h:%p gate'""",
        "-o ProxyCommand=",
        "-o 'ProxyJump=gate",
    ],
)
def test_what_would_have_to_be_run_is_said(arguments: str) -> None:
    with pytest.raises(ArgumentsError) as caught:
        find_jump(arguments)
    assert "ProxyJump" in str(caught.value) or "close the quote" in str(caught.value)


WORDS = st.sampled_from(
    ["-J", "-o", "ProxyCommand=", "ssh", "-W", "%h:%p", "'", '"', "g", "=", " "]
)


@given(st.lists(WORDS).map("".join))
def test_any_arguments_are_understood_or_said_not_to_be(arguments: str) -> None:
    try:
        find_jump(arguments)
    except ArgumentsError as error:
        assert str(error)  # noqa: PT017 - either is right
