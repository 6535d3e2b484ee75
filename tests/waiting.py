"""Waiting without a clock: what never happens is ended by pytest's own timeout, and nothing else is decided by time."""

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], object]) -> None:
    while not holds():
        time.sleep(0.01)
