"""Where the dashboard's observations come from: a collector's pipe, a recording, a test's list."""
