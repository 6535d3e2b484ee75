"""The threads that work on videos."""

import os
import sys

from sam2_lit.thread_pool import ThreadPool

_NICENESS = 5


class MediaThreads:
    """Threads for each kind of work on videos, so that none waits for a longer kind.

    - reading: opening videos, listing them, and single frames.
    - uploads: storing and trimming uploaded files.
    - checking: whether files have changed.
    - scanning: whole files, to recognize their frames in another version; one at a time.
    - learning: decoding whole files, for the order of their frames and for damage; one at a time.
    - transcodes: one at a time, since an encoder uses several cores.

    Uploads, transcodes and what reads whole files run at a low priority, so that they take the time that answers and
    tracking leave.
    """

    def __init__(self) -> None:
        self.reading = ThreadPool("video", 4, max_waiting=256)
        self.uploads = ThreadPool("upload", 2, max_waiting=32, initializer=_run_at_low_priority)
        self.checking = ThreadPool("checking", max_waiting=256)
        self.scanning = ThreadPool("scanning", initializer=_run_at_low_priority)
        self.learning = ThreadPool("learning", initializer=_run_at_low_priority)
        self.transcodes = ThreadPool("transcode", max_waiting=32, initializer=_run_at_low_priority)

    def close(self) -> None:
        """Ends the threads. What still waits fails; what may take minutes is not waited for."""
        self.reading.close(run_waiting=False)
        self.uploads.close(run_waiting=False)
        self.checking.close(run_waiting=False)
        self.scanning.close(run_waiting=False, wait=False)
        self.learning.close(run_waiting=False, wait=False)
        self.transcodes.close(run_waiting=False, wait=False)


def _run_at_low_priority() -> None:
    """Lowers the priority of the calling thread and of the codec threads that it starts."""
    # Only on Linux does each thread have its own.
    if sys.platform == "linux":
        os.nice(_NICENESS)
