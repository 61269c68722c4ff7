"""Call the user away from other windows: what a terminal is sent for it."""

from collections.abc import Mapping


def notification(text: str, *, environ: Mapping[str, str]) -> str:
    r"""Return a bell and OSC 9, which iTerm2, kitty, foot, WezTerm and others show as a notice.

    Nothing in the text ends the sequence, or begins another. tmux and screen, of which the
    environment tells, would keep OSC 9 to themselves: it goes through them in their own wrapping.
    tmux lets that pass where its option `allow-passthrough` is on; the bell needs nothing.
    """
    notice = f"\x1b]9;{''.join(char for char in text if char.isprintable())}"
    if "TMUX" in environ or environ.get("TERM", "").startswith("tmux"):
        doubled = f"{notice}\x1b\\".replace("\x1b", "\x1b\x1b")
        return f"\a\x1bPtmux;{doubled}\x1b\\"
    if "STY" in environ:
        # Its wrapping ends with the first ESC \, so the notice ends with the bell instead.
        return f"\a\x1bP{notice}\a\x1b\\"
    return f"\a{notice}\x1b\\"
