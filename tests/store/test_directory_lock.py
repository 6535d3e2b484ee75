"""One server per data directory, also after a crash."""

import subprocess
import sys
from pathlib import Path

import pytest

from sam2_lit.store.directory_lock import DirectoryLock
from sam2_lit.store.store_errors import DirectoryInUse

HOLD = """
import sys, time
from pathlib import Path
from sam2_lit.store.directory_lock import DirectoryLock
lock = DirectoryLock(Path(sys.argv[1]))
print("locked", flush=True)
time.sleep(600)
"""


def test_a_lock_is_refused_while_another_process_holds_it_and_free_once_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "locked\n"
        with pytest.raises(DirectoryInUse, match="in use by another sam2-lit server; give --data-dir another one"):
            DirectoryLock(tmp_path)
        holder.kill()
        holder.wait()

    DirectoryLock(tmp_path).release()


def test_a_released_lock_is_free(tmp_path: Path) -> None:
    DirectoryLock(tmp_path).release()
    DirectoryLock(tmp_path).release()
