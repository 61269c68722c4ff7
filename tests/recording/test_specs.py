"""Labels are recorded when asked for, and what opens doors never is."""

import pytest

from swarmtui.recording.specs import Labels, without_secrets

LABELS = {
    "region": "eu",
    "aws.Region": "eu-1",
    "secret": "x",
    "com/owner": "me",
    "regions": "",
}
KEPT = ("region", "owner")


def test_only_labels_that_say_region_and_contributor_are_recorded() -> None:
    chosen = Labels(with_specs=False, kept=KEPT).choose(LABELS)
    assert chosen == {"region": "eu", "aws.Region": "eu-1", "com/owner": "me"}


def test_all_labels_are_recorded_when_asked_for() -> None:
    assert Labels(with_specs=True, kept=()).choose(LABELS) is LABELS


def test_where_all_labels_stay_nothing_is_copied() -> None:
    labels = {"region": "eu"}
    assert Labels(with_specs=False, kept=KEPT).choose(labels) is labels


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tcp://me:pw@10.0.0.7:2375 refused", "tcp://10.0.0.7:2375 refused"),
        ("ssh://me@host:22/run/docker.sock: denied", "ssh://host:22 denied"),
        ("https://me:p@ss@registry/v2/", "https://registry/v2/"),
        ("join SWMTKN-1-abc-def now", "join SWMTKN-… now"),
        ("SWMKEY-1-abc", "SWMKEY-…"),
    ],
)
def test_users_passwords_and_tokens_are_left_out(text: str, expected: str) -> None:
    assert without_secrets(text) == expected


@pytest.mark.parametrize("text", ["", "unix:///var/run/docker.sock", "me@example.com", "SWM"])
def test_any_other_text_stays_the_object_it_is(text: str) -> None:
    assert without_secrets(text) is text
