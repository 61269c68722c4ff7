"""Measurements that anyone can repeat: run them as `python -m bench.NAME`."""
