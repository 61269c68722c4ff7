"""Frames wait while the terminal has not got what was sent before, and only then."""

from swarmtui.tui.wire.outflow import QUESTION, Outflow

FRAME = "x" * 2_000


class Line:
    """A clock, and a terminal that may be blocked."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.is_blocked = False

    def outflow(self) -> Outflow:
        return Outflow(now=lambda: self.now_s, is_blocked=lambda: self.is_blocked)


def answering(line: Line) -> Outflow:
    outflow = line.outflow()
    outflow.take_answer()
    return outflow


def is_behind(outflow: Outflow) -> bool:
    return outflow.is_behind  # by a function: the type checker takes properties for constants


def is_asking(outflow: Outflow) -> bool:
    return outflow.is_asking


def test_a_terminal_that_never_answered_is_asked_nothing() -> None:
    outflow = Line().outflow()
    assert outflow.send(FRAME) == FRAME
    assert not is_behind(outflow)


def test_a_terminal_that_answers_is_asked_behind_large_frames_one_question_at_a_time() -> None:
    outflow = answering(Line())
    assert outflow.send("key") == "key"
    assert outflow.send(FRAME) == FRAME + QUESTION
    assert outflow.send(FRAME) == FRAME
    outflow.take_answer()
    assert outflow.send("key") == "key" + QUESTION


def test_frames_wait_for_an_answer_that_is_late() -> None:
    line = Line()
    outflow = answering(line)
    outflow.send(FRAME)
    assert not is_behind(outflow)
    line.now_s += 0.04
    assert is_behind(outflow)
    outflow.take_answer()
    assert not is_behind(outflow)


def test_a_terminal_far_away_is_not_taken_for_a_slow_one() -> None:
    line = Line()
    outflow = answering(line)
    for _ in range(3):
        outflow.send(FRAME)
        line.now_s += 0.2
        outflow.take_answer()
    outflow.send(FRAME)
    line.now_s += 0.2
    assert not is_behind(outflow)
    line.now_s += 0.1
    assert is_behind(outflow)


def test_an_answer_that_never_comes_is_not_waited_for_for_ever() -> None:
    line = Line()
    outflow = answering(line)
    outflow.send(FRAME)
    line.now_s += 2.5
    assert not is_behind(outflow)
    assert outflow.send(FRAME) == FRAME


def test_nothing_is_sent_while_the_writer_is_blocked() -> None:
    line = Line()
    outflow = line.outflow()
    line.is_blocked = True
    assert is_behind(outflow)


def test_nothing_is_asked_any_more_when_the_program_ends() -> None:
    outflow = answering(Line())
    outflow.send(FRAME)
    outflow.close()
    assert is_asking(outflow)
    outflow.take_answer()
    assert not is_asking(outflow)
    assert outflow.send(FRAME) == FRAME
