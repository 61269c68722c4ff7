"""The parts of the screens, one pane a file: a pure drawing and a widget that shows it."""
