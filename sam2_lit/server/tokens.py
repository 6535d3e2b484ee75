"""Users and their tokens: a file with a line for each token, `NAME sha256:HASH`."""

import asyncio
import hashlib
import hmac
import logging
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from sam2_lit.records.users import MAX_USER, is_user_name

logger = logging.getLogger(__name__)

_PREFIX = "sha256:"
_HASH = re.compile(r"[0-9a-f]{64}")
_WATCH_SECONDS = 0.5

_Version = tuple[int, int, int]


@dataclass(eq=False)
class Login:
    """A user who was let in, None where the server has no users; `revoked` is set once the token is not valid."""

    user: str | None
    revoked: asyncio.Event = field(default_factory=asyncio.Event)


def bearer_token(authorization: str) -> bytes | None:
    """The token of an Authorization header; None where it is of another scheme.

    The name of the scheme is case-insensitive (RFC 9110, section 11.1).
    """
    scheme, _, credentials = authorization.partition(" ")
    return credentials.strip(" ").encode(errors="backslashreplace") if scheme.lower() == "bearer" else None


def is_token(token: str, authorization: str) -> bool:
    """Whether an Authorization header carries the token, compared in constant time."""
    sent = bearer_token(authorization)
    return sent is not None and secrets.compare_digest(sent, token.encode())


def new_token(name: str) -> tuple[str, str]:
    """A token that cannot be guessed, and its line for the file of tokens. Raises ValueError for the name.

    A hash without salt and repetition is enough for 256 random bits: no dictionary has them.
    """
    if not is_user_name(name) or name.startswith("#"):
        raise ValueError(
            f"{name!r} cannot be a user's name: it must have 1 to {MAX_USER} printable characters, no spaces or "
            "commas, and not begin with #"
        )
    token = secrets.token_urlsafe(32)
    return token, f"{name} {_PREFIX}{hashlib.sha256(token.encode()).hexdigest()}"


def append_line(path: Path, line: str) -> None:
    """Adds a line to the file, which is made where it is missing, for its owner alone. Raises OSError."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with open(file, "rb+", buffering=0) as opened:
        size = opened.seek(0, os.SEEK_END)
        ends_within_line = size > 0 and os.pread(file, 1, size - 1) != b"\n"
        opened.write(b"\n" * ends_within_line + f"{line}\n".encode())


class TokenFile:
    """The users of a file by the hash of their token, read again when the file has changed.

    Used on the event loop. A line that cannot be read lets nobody in, nor does a file that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError where the file cannot be read, and ValueError for a line that is not right."""
        self._path = path
        self._version: _Version | None = _version(path)
        users, wrong = _read(path)
        if wrong:
            raise ValueError(f"line {wrong[0]} is not NAME {_PREFIX}HASH of another token; make it by sam2-lit token")
        self._logins = {digest: Login(user) for digest, user in users.items()}

    def login(self, authorization: str) -> Login | None:
        """The user whose token an Authorization header carries; None where it carries none that is valid.

        All hashes are compared, each in constant time, so that the answer's time tells nothing about them.
        """
        self.refresh()
        token = bearer_token(authorization)
        if not token:
            return None
        sent, found = hashlib.sha256(token).digest(), None
        for digest, login in self._logins.items():
            if hmac.compare_digest(digest, sent):
                found = login
        return found

    def refresh(self) -> None:
        """Reads the file again where it has changed, and revokes the tokens that it no longer has."""
        try:
            version: _Version | None = _version(self._path)
            if version == self._version:
                return
            users, wrong = _read(self._path)
        except OSError as error:
            if self._version is None:
                return
            logger.error("%s cannot be read, so that no user is let in: %s", self._path, error.strerror)
            version, users, wrong = None, {}, []
        for number in wrong:
            logger.error("line %d of %s is not read: it is not NAME %sHASH", number, self._path, _PREFIX)
        self._version = version
        before, self._logins = self._logins, {}
        for digest, user in users.items():
            login = before.get(digest)
            self._logins[digest] = login if login is not None and login.user == user else Login(user)
        for digest, login in before.items():
            if self._logins.get(digest) is not login:
                login.revoked.set()
        logger.info("%s was read again: %d tokens", self._path, len(users))

    async def watch(self) -> None:
        """Looks for changes twice a second, until cancelled."""
        while True:
            self.refresh()
            await asyncio.sleep(_WATCH_SECONDS)


def _version(path: Path) -> _Version:
    status = path.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino


def _read(path: Path) -> tuple[dict[bytes, str], list[int]]:
    """The users by the hash of their token, and the numbers of the lines that are not right."""
    users: dict[bytes, str] = {}
    wrong = []
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
        fields = line.split()
        if not fields or fields[0].startswith("#"):
            continue
        name, hashed = fields if len(fields) == 2 else ("", "")
        digest = hashed.removeprefix(_PREFIX)
        is_right = is_user_name(name) and hashed.startswith(_PREFIX) and _HASH.fullmatch(digest) is not None
        if not is_right or bytes.fromhex(digest) in users:
            wrong.append(number)
        else:
            users[bytes.fromhex(digest)] = name
    return users, wrong
