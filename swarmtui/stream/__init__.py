"""Observations encoded: the same records run through the collector's pipe and make a recording."""
