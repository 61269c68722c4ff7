"""Work counted, not timed: the small form of `make bench`, the same on any machine."""
