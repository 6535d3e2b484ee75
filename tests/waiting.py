"""Waiting without a clock: what never happens is ended by pytest's own timeout, and nothing else is decided by time."""

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], object], pause: float = 0.01) -> None:
    """`pause` is in seconds: longer where asking takes the processor from what is waited for."""
    while not holds():
        time.sleep(pause)
