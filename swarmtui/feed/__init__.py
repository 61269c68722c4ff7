"""Where the dashboard's observations come from: a collector's pipe, or a list in a test."""
