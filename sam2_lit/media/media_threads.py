"""The threads that work on videos."""

from sam2_lit.thread_pool import ThreadPool


class MediaThreads:
    """Threads for each kind of work on videos, so that none waits for a longer kind.

    - reading: opening videos, listing them, and single frames.
    - uploads: storing and trimming uploaded files.
    - transcodes: one at a time, since an encoder uses several cores.
    """

    def __init__(self) -> None:
        self.reading = ThreadPool("video", 4, max_waiting=256)
        self.uploads = ThreadPool("upload", 2, max_waiting=32)
        self.transcodes = ThreadPool("transcode", max_waiting=32)

    def close(self) -> None:
        """Ends the threads. What still waits fails; a transcode is not waited for, since it may take minutes."""
        self.reading.close(run_waiting=False)
        self.uploads.close(run_waiting=False)
        self.transcodes.close(run_waiting=False, wait=False)
