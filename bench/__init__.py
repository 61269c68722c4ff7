"""Measurements that anyone can repeat: run them as `python -m bench.NAME`."""

import os

# What is installed comes with its bytecode: compiling all modules at each start is not what a user
# waits for.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
