"""Every setting of the server, once: its default, its flag and its environment variable."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import click

from sam2_lit.engine.models.registry import DEVICES, MODELS

MIB = 2**20


def setting(default: Any, help: str, kind: Any = None, *, multiple: bool = False) -> Any:
    """A field of `Settings`: `kind` is the click type of its flag, taken from the default where it is None."""
    return field(default=default, metadata={"help": help, "kind": kind, "multiple": multiple})


@dataclass(frozen=True)
class Settings:
    """What `sam2-lit serve` can be told: a field `max_objects` is `--max-objects` and `SAM2_LIT_MAX_OBJECTS`."""

    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = setting(7263, "Port to listen on; 0 takes a free one.", click.IntRange(0, 65535))
    model: str = setting("pocket", "Model to track with.", click.Choice(list(MODELS)))
    model_config: Path | None = setting(
        None, "YAML of a model of one's own; needs --checkpoint.", click.Path(path_type=Path)
    )
    checkpoint: Path | None = setting(None, "Weights instead of the model's own.", click.Path(path_type=Path))
    checkpoints_dir: Path = setting(Path("checkpoints"), "Where official checkpoints are.", click.Path(path_type=Path))
    device: str = setting("auto", "Device to run on.", click.Choice(DEVICES))
    compile: bool = setting(
        False, "Compile the model with torch.compile: a slow start, faster frames. On a CPU it needs a C++ compiler."
    )
    videos: Path | None = setting(
        None, "A folder of one's own videos to serve beside the sample.", click.Path(path_type=Path)
    )
    data_dir: Path = setting(Path("data"), "Where everything is kept.", click.Path(path_type=Path))
    database_url: str | None = setting(None, "A database instead of SQLite in the data directory.", str)
    lora_mode: str = setting(
        "SUGGEST",
        "What adapters do in a new session.",
        click.Choice(["OFF", "SUGGEST", "AUTO"], case_sensitive=False),
    )
    max_body: int = setting(16, "MiB a request or WebSocket message may have that is no upload.", click.IntRange(1))
    max_sessions: int = setting(32, "Sessions held in memory; the others are on disk.", click.IntRange(1))
    max_objects: int = setting(64, "Objects in a session.", click.IntRange(1))
    max_adapters: int = setting(8, "Adapters of an object.", click.IntRange(1))
    max_points: int = setting(1000, "Points of a prompt.", click.IntRange(1))
    max_propagations: int = setting(16, "Propagations running at once.", click.IntRange(1))
    max_depth: int = setting(12, "Fields within fields of a GraphQL operation.", click.IntRange(1))
    max_aliases: int = setting(50, "Aliases of a GraphQL operation.", click.IntRange(1))
    max_tokens: int = setting(10_000, "Tokens of a GraphQL document.", click.IntRange(1))
    max_subscriptions: int = setting(32, "Operations running at once on a WebSocket.", click.IntRange(1))
    idle_timeout: float = setting(
        120.0,
        "Seconds until a client that neither sends nor takes anything, nor has anything running, is given up.",
        click.FloatRange(0.1),
    )
    feature_memory: int | None = setting(
        None, "MiB of captured features a session may hold; 128, on a GPU 1024.", click.IntRange(1)
    )
    tracking_memory: int | None = setting(
        None,
        "MiB of tracked frames a session may hold in memory, the others are kept in a file; 64, on a GPU 512.",
        click.IntRange(1),
    )
    mask_memory: int = setting(
        32, "MiB of masks a session may hold in memory; the store has all of them.", click.IntRange(1)
    )
    embedding_memory: int | None = setting(
        None,
        "MiB of image embeddings kept for second passes, for all sessions; 256, on a GPU 4096.",
        click.IntRange(0),
    )
    embedding_disk: int = setting(0, "MiB of image embeddings kept on disk beyond those in memory.", click.IntRange(0))
    max_upload: int = setting(2048, "MiB an uploaded video may have.", click.IntRange(1))
    max_pixels: int = setting(3840 * 2160, "Pixels a frame may have.", click.IntRange(1))
    max_frames: int = setting(100_000, "Frames a video may have.", click.IntRange(1))
    auth_token: str | None = setting(None, "Token that every request must carry as Bearer.", str)
    no_auth: bool = setting(False, "Listen beyond this machine without a token: anyone who reaches it may do anything.")
    introspection: bool = setting(True, "Whether clients may ask for the schema; GraphiQL needs it.")
    graphiql: bool = setting(True, "Whether /graphql answers a browser with GraphiQL.")
    allowed_host: tuple[str, ...] = setting(
        (), "Host name under which this server may be called; may be repeated.", str, multiple=True
    )
    allowed_origin: tuple[str, ...] = setting(
        (), "Origin whose pages may call this server; may be repeated.", str, multiple=True
    )
    log_format: str = setting("text", "How log lines are written.", click.Choice(["text", "json"]))
    log_level: str = setting(
        "info", "How much to log.", click.Choice(["debug", "info", "warning", "error"], case_sensitive=False)
    )


MODEL_SETTINGS = ("model", "model_config", "checkpoint", "checkpoints_dir", "device")
"""What says which model runs where; `load_model` takes them."""


def setting_options(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Gives a click command a flag for the settings named, or for every one, each with its environment variable."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for each in reversed(fields(Settings)):
            if names and each.name not in names:
                continue
            flag = each.name.replace("_", "-")
            command = click.option(
                f"--{flag}/--no-{flag}" if each.default is True else f"--{flag}",
                each.name,
                default=each.default,
                type=each.metadata["kind"] or type(each.default),
                multiple=each.metadata["multiple"],
                is_flag=each.default in (True, False),
                help=each.metadata["help"],
                envvar=f"SAM2_LIT_{each.name.upper()}",
                show_default=True,
                show_envvar=True,
            )(command)
        return command

    return decorate
