"""What a swarm's snapshots mean: health, incidents, attribution, filters.

Pure: nothing here does I/O or reads a clock; the time comes in as an argument.
"""
