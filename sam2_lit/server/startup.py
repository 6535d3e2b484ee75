"""The start of a server's process."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def starting() -> Iterator[None]:
    """What is made within the block is never examined by the garbage collector.

    Importing modules and loading a model makes hundreds of thousands of objects, which stay. A collection that visits
    them takes tenths of a second, and no other Python code runs meanwhile: several collections at the start, and later
    one in the middle of a click.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
