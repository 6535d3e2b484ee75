"""A server with users, and each user's client of it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.server.tokens import append_line, new_token
from sam2_lit.settings import Settings
from tests.clips import draw_clip, write_clip
from tests.running import Server, running

PATH = "videos/short.mp4"
FRAMES = 8


@dataclass(frozen=True)
class House:
    """A server that lets in those of a file of tokens. `tokens` is the token of each user."""

    server: Server
    file: Path
    stack: ExitStack
    tokens: dict[str, str] = field(default_factory=dict)

    def add(self, name: str) -> Server:
        """A new user's client."""
        token, line = new_token(name)
        append_line(self.file, line)
        self.tokens[name] = token
        return self.client(token)

    def client(self, token: str) -> Server:
        http = httpx.Client(base_url=self.server.url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        return replace(self.server, http=self.stack.enter_context(http))

    def revoke(self, name: str) -> None:
        lines = self.file.read_text().splitlines(keepends=True)
        self.file.write_text("".join(line for line in lines if not line.startswith(f"{name} ")))

    def init(self, name: str) -> dict[str, str]:
        """The payload of a user's `connection_init`."""
        return {"Authorization": f"Bearer {self.tokens[name]}"}


@contextmanager
def house(model: LoadedModel, folder: Path, **settings: Any) -> Iterator[House]:
    """Runs a server with a file of tokens and one short clip until the block ends."""
    videos, file = folder / "videos", folder / "tokens"
    videos.mkdir()
    write_clip(videos / "short.mp4", draw_clip().frames[:FRAMES])
    append_line(file, "# users")
    with ExitStack() as stack:
        chosen = Settings(videos=videos, data_dir=folder / "data", tokens=file, **settings)
        yield House(stack.enter_context(running(chosen, model)), file, stack)
