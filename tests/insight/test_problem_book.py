"""Problems keep their age and do not flicker, and what is over is said once."""

from collections.abc import Sequence

import msgspec
import pytest

from swarmtui.insight.picture import HappeningKind, Problem, Severity
from swarmtui.insight.problem_book import BookMemory, ProblemBook
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.timeline import Timeline
from tests.factories import at, make_service, make_task
from tests.insight.story import Story, make_managers, make_nodes

CRITICAL, WARNING, INFO = Severity.CRITICAL, Severity.WARNING, Severity.INFO


def make_problem(second: float, **fields: object) -> Problem:
    defaults = {
        "severity": WARNING,
        "kind": "short",
        "subject": "web",
        "text": "web runs 1 of 3 tasks",
        "since": at(second),
        "query": "service:web",
        "screen": "services",
    }
    return Problem(**(defaults | fields))  # type: ignore[arg-type]


class Book:
    """A book, its timeline, and the problems there are."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self.book = ProblemBook(self.timeline)
        self.book.see([], at(0), is_complete=True, is_led=True)

    def see(self, second: float, *problems: Problem, is_led: bool = True) -> None:
        self.book.see(problems, at(second), is_complete=True, is_led=is_led)

    def tell(self, second: float, *problems: Problem) -> Sequence[Problem]:
        return self.book.tell(problems, at(second))

    @property
    def texts(self) -> list[str]:
        return [happening.text for happening in self.timeline.take()]


def test_a_problem_that_stays_keeps_its_age() -> None:
    book = Book()
    book.see(10, make_problem(10))
    (told,) = book.tell(300, make_problem(300))
    assert told.since == at(10)


def test_a_problem_turns_out_to_be_older_than_it_was_thought() -> None:
    book = Book()
    book.see(10, make_problem(10))
    (told,) = book.tell(12, make_problem(5))
    assert told.since == at(5)


def test_one_that_is_back_within_a_minute_was_never_over() -> None:
    book = Book()
    book.see(10, make_problem(10))
    book.see(20)
    (told,) = book.tell(80, make_problem(80))
    assert told.since == at(10)
    (told,) = book.tell(81, make_problem(81))
    assert told.since == at(81)


def test_what_is_over_is_not_shown_however_short_ago() -> None:
    book = Book()
    book.see(10, make_problem(10))
    assert book.tell(11) == ()


def test_it_gets_louder_at_once_and_softer_after_ten_seconds() -> None:
    book = Book()
    book.see(10, make_problem(10))
    assert book.tell(12, make_problem(12, severity=CRITICAL))[0].severity is CRITICAL
    book.see(12, make_problem(12, severity=CRITICAL))
    book.see(14, make_problem(14))
    assert book.tell(23.9, make_problem(14))[0].severity is CRITICAL
    assert book.tell(24, make_problem(14))[0].severity is WARNING


def test_one_that_gets_worse_again_meanwhile_stays_as_loud_for_longer() -> None:
    book = Book()
    loud, soft = make_problem(10, severity=CRITICAL), make_problem(10)
    for second, problem in ((10, loud), (12, soft), (18, loud), (20, soft)):
        book.see(second, problem)
    assert book.tell(25, soft)[0].severity is CRITICAL
    book.see(30, soft)
    assert book.tell(30, soft)[0].severity is WARNING


def test_without_news_for_ten_seconds_it_is_as_loud_as_it_is_found() -> None:
    book = Book()
    book.see(10, make_problem(10, severity=CRITICAL))
    assert book.tell(15, make_problem(10))[0].severity is CRITICAL
    assert book.tell(20, make_problem(10))[0].severity is WARNING


def test_one_that_comes_back_is_as_loud_as_it_is_now() -> None:
    book = Book()
    book.see(10, make_problem(10, severity=CRITICAL))
    book.see(12)
    assert book.tell(14, make_problem(14))[0].severity is WARNING


def test_the_begin_and_the_end_are_on_the_timeline() -> None:
    book = Book()
    for second in (10, 12, 14, 16, 190):
        book.see(second, make_problem(10))
    assert book.texts == ["web runs 1 of 3 tasks"]
    book.see(192)
    begin, end = book.timeline.take()
    assert end.text == "over after 3 min: web runs 1 of 3 tasks"
    assert (begin.at, begin.severity, begin.kind) == (at(10), WARNING, HappeningKind.PROBLEM)
    assert (end.at, end.severity, end.query) == (at(192), INFO, "service:web")
    assert end.screen == "services"


def test_what_was_over_in_a_moment_is_not_told() -> None:
    book = Book()
    book.see(10, make_problem(10))
    book.see(12)
    assert book.texts == []


def test_what_was_there_when_the_watching_began_is_no_news_but_its_end_is() -> None:
    book = Book()
    for second in (2, 10):
        book.see(second, make_problem(-100))
    assert book.texts == []
    book.see(20)
    assert book.texts == ["over after 2 min: web runs 1 of 3 tasks"]


def test_what_is_good_to_know_begins_and_ends_without_a_word() -> None:
    book = Book()
    for second in (10, 20):
        book.see(second, make_problem(10, severity=INFO))
    book.see(30)
    assert book.texts == []


def test_an_end_that_was_none_is_taken_back() -> None:
    book = Book()
    for second in (10, 20):
        book.see(second, make_problem(10))
    book.see(22)
    assert len(book.texts) == 2
    book.see(40, make_problem(40))
    assert book.texts == ["web runs 1 of 3 tasks"]
    book.see(50)
    assert book.texts[1:] == ["over after 40 s: web runs 1 of 3 tasks"]


def test_one_that_comes_and_goes_has_one_line_that_counts() -> None:
    book = Book()
    for begin in (10, 210, 410):
        for second in (begin, begin + 20):
            book.see(second, make_problem(begin))
        book.see(begin + 30)
    assert book.texts == [
        "web runs 1 of 3 tasks",
        "over after 30 s, 3 times in 7 min: web runs 1 of 3 tasks",
    ]


def test_many_that_end_at_once_are_one_line() -> None:
    book = Book()
    problems = [make_problem(10, subject=f"web{i}") for i in range(9)]
    for second in (10, 20):
        book.see(second, *problems)
    book.see(30)
    assert book.texts == [
        "9 × short: web0, web1, web2 and 6 more",
        "over: 9 × short: web0, web1, web2 and 6 more",
    ]


def test_an_end_is_told_as_it_was_when_it_was_worst() -> None:
    book = Book()
    book.see(10, make_problem(10, text="2 missing", size=2))
    book.see(20, make_problem(10, text="9 missing", size=9))
    book.see(30, make_problem(10, text="1 missing", size=1))
    book.see(40)
    assert book.texts[-1] == "over after 30 s: 9 missing"


def test_what_is_told_as_one_of_several_now_is_not_over() -> None:
    book = Book()
    one = make_problem(10, kind="failing", subject="web")
    for second in (10, 20):
        book.see(second, one)
    book.see(30, make_problem(30, kind="failing", subject="services", text="3 fail"))
    assert not any("over" in text for text in book.texts)


def test_what_is_known_better_now_is_not_over() -> None:
    book = Book()
    for second in (10, 20):
        book.see(second, make_problem(10, kind="failing"))
    book.see(30, make_problem(30, kind="crash_loop"))
    assert not any("over" in text for text in book.texts)
    book.see(50, make_problem(30, kind="crash_loop", subject="other"))
    assert book.texts[-1] == "over after 20 s: web runs 1 of 3 tasks"


def test_while_nobody_leads_nothing_is_over_but_what_is_about_leading() -> None:
    book = Book()
    quorum = make_problem(10, kind="quorum", subject="managers", text="quorum")
    for second in (10, 20):
        book.see(second, make_problem(10), quorum)
    book.see(30, is_led=False)
    assert [text for text in book.texts if "over" in text] == ["over after 20 s: quorum"]
    book.see(40)
    assert "over after 30 s: web runs 1 of 3 tasks" in book.texts


def test_two_problems_of_one_identity_do_not_make_each_other_flicker() -> None:
    book = Book()
    loud, soft = make_problem(10), make_problem(-900, severity=INFO)
    book.see(10, soft, loud)
    told = book.tell(12, soft, loud)
    assert [(p.severity, p.since) for p in told] == [(WARNING, at(10)), (INFO, at(-900))]


def test_every_election_is_another_however_soon() -> None:
    book = Book()
    book.see(10, make_problem(10, kind="no_leader", severity=CRITICAL))
    book.see(20)
    (told,) = book.tell(30, make_problem(30, kind="no_leader", severity=WARNING))
    assert (told.since, told.severity) == (at(30), WARNING)


def test_what_was_over_for_long_is_forgotten() -> None:
    book = Book()
    book.see(10, make_problem(10))
    book.see(20)
    book.see(620)
    assert len(book.book.remember().entries) == 1
    book.see(622)
    assert book.book.remember().entries == ()


def test_a_book_goes_on_where_it_was_remembered() -> None:
    book = Book()
    for second in (10, 20):
        book.see(second, make_problem(10, severity=CRITICAL))
    packed = msgspec.msgpack.encode(book.book.remember())
    other = Book()
    other.book.recall(msgspec.msgpack.decode(packed, type=BookMemory))
    for each in (book, other):
        each.see(22, make_problem(22))
    assert other.tell(25, make_problem(25)) == book.tell(25, make_problem(25))
    assert other.book.remember() == book.book.remember()


def begin() -> Story:
    story = Story()
    story.show([*make_managers(0), *make_nodes(20)], 0)
    story.serve([make_service("s1", name="web", replicas=20)], 0)
    story.run([make_task(f"r{i}", slot=i + 1, node_id=f"w{i}") for i in range(20)], 1)
    return story


def pend(story: Story, second: float, *, state: str = "pending") -> None:
    error = "no suitable node (insufficient resources on 20 nodes)" if state == "pending" else ""
    task = make_task("p", slot=30, node_id="", state=state, since=at(second), error=error)
    story.run([task], second)


def test_of_a_swarm_what_goes_wrong_and_right_again_is_told() -> None:
    story = begin()
    for second in (100, 104, 108):
        pend(story, second)
    pend(story, 130, state="running")
    assert story.texts(HappeningKind.PROBLEM) == [
        "1 task of web cannot be placed: insufficient resources on 20 nodes",
        "over after 30 s: 1 task of web cannot be placed: insufficient resources on 20 nodes",
    ]


@pytest.mark.parametrize("asked", [(), (101, 103, 109, 115, 131)])
def test_what_is_told_does_not_depend_on_who_asked(asked: Sequence[float]) -> None:
    story = begin()
    for second in (100, 104, 108, 112):
        pend(story, second)
        for question in asked:
            story.analyst.picture(at(question))
    pend(story, 130, state="running")
    assert len(story.texts(HappeningKind.PROBLEM)) == 2


def test_silence_is_told_by_pulses_alone() -> None:
    story = begin()
    story.hang("/nodes", 2, 30)
    for second in range(40, 90, 10):
        story.hang("/nodes", 2, second)
    assert any(entry.kind == "no_leader" for entry in story.analyst.remember().book.entries)


def recall(book: Book, thresholds: Thresholds) -> Book:
    """Return a book that goes on where one left off, by these thresholds."""
    again = Book()
    again.book = ProblemBook(again.timeline, thresholds=thresholds)
    again.book.recall(book.book.remember())
    return again


def test_with_other_thresholds_what_is_no_problem_any_more_did_not_end() -> None:
    book = Book()
    book.see(10, make_problem(10))
    book.see(20, make_problem(10))
    again = recall(book, Thresholds(failures=50))
    again.see(30)
    again.see(600)
    assert again.texts == []


def test_with_other_thresholds_what_is_a_problem_now_did_not_just_begin() -> None:
    again = recall(Book(), Thresholds(failures=2))
    again.see(30, make_problem(10))
    again.see(40, make_problem(10))
    assert again.texts == []
    again.see(50, make_problem(10), make_problem(50, subject="db"))
    again.see(60, make_problem(10), make_problem(50, subject="db"))
    assert again.texts == ["web runs 1 of 3 tasks"]


def test_with_other_thresholds_what_ends_later_is_told() -> None:
    book = Book()
    book.see(10, make_problem(10))
    book.see(20, make_problem(10))
    again = recall(book, Thresholds(failures=50))
    again.see(30, make_problem(10))
    again.see(40)
    assert again.texts == ["over after 30 s: web runs 1 of 3 tasks"]


def test_with_the_thresholds_it_was_written_by_what_is_gone_is_over() -> None:
    thresholds = Thresholds(failures=50)
    book = recall(Book(), thresholds)
    book.see(10, make_problem(10))
    book.see(20, make_problem(10))
    again = recall(book, thresholds)
    again.see(30)
    assert again.texts == ["over after 20 s: web runs 1 of 3 tasks"]


def test_while_nobody_leads_other_thresholds_wait_for_what_can_be_told() -> None:
    book = Book()
    book.see(10, make_problem(10))
    again = recall(book, Thresholds(failures=50))
    again.see(30, is_led=False)
    memory = again.book.remember()
    assert memory.written_by == Thresholds()
    again.see(40)
    assert again.texts == []
    assert again.book.remember().entries == ()


def test_while_nobody_leads_what_only_other_thresholds_find_did_not_begin_either() -> None:
    book = Book()
    book.see(0)
    again = recall(book, Thresholds(failures=50))
    again.see(10, make_problem(10), is_led=False)
    again.see(30, make_problem(10), is_led=False)
    again.see(50, make_problem(10))
    assert again.texts == []
