"""What a meaning looks like follows the stylesheet, at the cost of the meanings that are shown."""

from textual.app import App, ComposeResult
from textual.css.styles import RenderStyles
from textual.strip import Strip

from swarmtui.tui.meaning import Meaning, Painted, Span


class TwoWords(Painted):
    """Shows one word that is fine and one that is not, and counts what it styles and draws."""

    def __init__(self) -> None:
        super().__init__()
        self.styled: list[str] = []
        self.drawn = 0

    def render_line(self, y: int) -> Strip:
        self.drawn += 1
        spans = [Span("fine", Meaning.OK), Span("not", Meaning.BAD)] if y == 0 else []
        return self.strip_of(spans, width=self.size.width)

    def _styles_within(self, name: str) -> RenderStyles:
        self.styled.append(name)
        return super()._styles_within(name)


class OneWidget(App[None]):
    """Holds it, and dims what is fine when it is old."""

    CSS = """
    TwoWords { height: 1; }
    TwoWords > .ok { color: #00ff00; }
    .-old TwoWords > .ok { color: #101010; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.shown = TwoWords()

    def compose(self) -> ComposeResult:
        yield self.shown


def colour_of_first_word(shown: TwoWords) -> str:
    style = next(iter(shown.render_line(0))).style
    assert style is not None
    assert style.color is not None
    return style.color.name


async def test_only_meanings_that_are_shown_are_styled() -> None:
    app = OneWidget()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert set(app.shown.styled) == {"ok", "bad"}


async def test_a_class_that_changes_a_meaning_is_seen_at_once() -> None:
    app = OneWidget()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert colour_of_first_word(app.shown) == "#00ff00"
        drawn = app.shown.drawn
        app.screen.add_class("-old")
        await pilot.pause()
        assert app.shown.drawn > drawn
        assert colour_of_first_word(app.shown) == "#101010"


async def test_a_class_that_changes_no_meaning_draws_nothing() -> None:
    app = OneWidget()
    async with app.run_test() as pilot:
        await pilot.pause()
        drawn = app.shown.drawn
        app.screen.add_class("-other")
        await pilot.pause()
        assert app.shown.drawn == drawn
