"""Screens show local times and obey `NO_COLOR`: pictures of them need one of each."""

import os
import time

os.environ["TZ"] = "UTC"
os.environ.pop("NO_COLOR", None)
time.tzset()
