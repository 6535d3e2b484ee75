"""Every setting of the server, once: its default, its flag and its environment variable."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import click

from sam2_lit.engine.models.registry import DEVICES, MODELS, PRECISIONS, is_device_name

MIB = 2**20

LEARN_ON_STEPS = 240


def setting(default: Any, help: str, kind: Any = None, *, multiple: bool = False) -> Any:
    """A field of `Settings`; `kind` is the click type of its flag, or None to use the type of the default."""
    return field(default=default, metadata={"help": help, "kind": kind, "multiple": multiple})


def device(value: str) -> str:
    """The click type of `--device`, a function: its name is what `--help` shows."""
    if not is_device_name(value):
        raise click.BadParameter(f"{value!r} is not one of {', '.join(DEVICES)}, or cuda:N with the number of a GPU")
    return value


@dataclass(frozen=True)
class Settings:
    """The settings of `sam2-lit serve`: a field `max_objects` is `--max-objects` and `SAM2_LIT_MAX_OBJECTS`."""

    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = setting(7263, "Port to listen on; 0 chooses a free one.", click.IntRange(0, 65535))
    model: str = setting("pocket", "Model to track with.", click.Choice(list(MODELS)))
    model_config: Path | None = setting(None, "YAML of your own model; needs --checkpoint.", click.Path(path_type=Path))
    checkpoint: Path | None = setting(None, "Weights to use in place of the model's.", click.Path(path_type=Path))
    checkpoints_dir: Path = setting(Path("checkpoints"), "Folder of official checkpoints.", click.Path(path_type=Path))
    device: str = setting("auto", "Device to run on: auto, cpu, cuda, cuda:N (one GPU of several) or mps.", device)
    precision: str = setting(
        "auto",
        "What the model computes in; trainings are always in float32. `auto` is bfloat16 on a GPU that has it, and on a"
        " CPU where `sam2-lit doctor` has found that it is faster and changes masks little, else float32.",
        click.Choice(PRECISIONS),
    )
    compile: bool = setting(
        False, "Compile the model with torch.compile: a slow start, faster frames. On a CPU it needs a C++ compiler."
    )
    cuda_graphs: bool = setting(
        True,
        "On a GPU of CUDA or ROCm, replay the parts of tracking a frame as CUDA graphs: faster frames, more of the"
        " GPU's memory. Not used with --compile.",
    )
    videos: Path | None = setting(
        None, "A folder of your own videos, to serve next to the sample.", click.Path(path_type=Path)
    )
    data_dir: Path = setting(Path("data"), "Folder in which everything is stored.", click.Path(path_type=Path))
    media_dir: Path | None = setting(
        None,
        "Folder of uploads, exports, adapters and playable videos, in place of the data directory; in a cluster one"
        " that all machines share.",
        click.Path(path_type=Path),
    )
    scratch_dir: Path | None = setting(
        None,
        "Folder of the memory of tracked frames, in place of the data directory. A session that moves to another worker"
        " resumes from it where the folder is the same.",
        click.Path(path_type=Path),
    )
    database_url: str | None = setting(None, "A database instead of SQLite in the data directory.", str)
    cluster: str | None = setting(
        None,
        "Track on workers of a Ray cluster: its address, or `auto` for one that is started on this machine. Needs"
        " --database-url postgresql://… and --media-dir.",
        str,
    )
    cluster_namespace: str = setting("sam2-lit", "Ray namespace of the workers; those of another are left alone.")
    workers: int | None = setting(
        None, "Workers of the cluster; without it one for each GPU, or one.", click.IntRange(1)
    )
    worker_gpus: float | None = setting(
        None, "GPUs of a worker, or a part of one; without it 1 where the cluster has any, or 0.", click.FloatRange(0)
    )
    worker_cpus: int = setting(1, "CPU cores of a worker.", click.IntRange(1))
    lora_mode: str = setting(
        "SUGGEST",
        "What adapters do in a new session.",
        click.Choice(["OFF", "SUGGEST", "AUTO"], case_sensitive=False),
    )
    max_body: int = setting(16, "MiB of a request or WebSocket message, uploads excepted.", click.IntRange(1))
    max_sessions: int = setting(32, "Sessions in memory; the others are on disk.", click.IntRange(1))
    session_idle: int = setting(
        30, "Minutes after which a session that nobody works on leaves memory; it stays on disk.", click.IntRange(1)
    )
    max_objects: int = setting(64, "Objects in a session.", click.IntRange(1))
    max_adapters: int = setting(8, "Adapters of an object.", click.IntRange(1))
    learn_on: int = setting(
        LEARN_ON_STEPS,
        "Optimization steps for which a training continues after its answer, while the device is idle; 0 for none.",
        click.IntRange(0),
    )
    max_points: int = setting(1000, "Points of a prompt.", click.IntRange(1))
    max_propagations: int = setting(16, "Propagations running at once.", click.IntRange(1))
    resume_timeout: float = setting(
        120.0, "Seconds for which a propagation can be resumed whose client has left.", click.FloatRange(0)
    )
    kept_events: int = setting(
        256, "The latest events of a propagation that are sent again when it is resumed.", click.IntRange(16)
    )
    max_depth: int = setting(12, "Nesting depth of a GraphQL operation.", click.IntRange(1))
    max_aliases: int = setting(50, "Aliases of a GraphQL operation.", click.IntRange(1))
    max_tokens: int = setting(10_000, "Tokens of a GraphQL document.", click.IntRange(1))
    max_connections: int = setting(256, "WebSocket connections at once; shared event streams too.", click.IntRange(1))
    max_subscriptions: int = setting(
        32, "Operations running at once on a WebSocket or a shared event stream.", click.IntRange(1)
    )
    idle_timeout: float = setting(
        120.0,
        "Seconds until a client is disconnected that neither sends nor reads anything, nor has an operation running.",
        click.FloatRange(0.1),
    )
    feature_memory: int | None = setting(
        None,
        "MiB of captured features of a session; 128. On a GPU of all sessions together; a share of its free memory.",
        click.IntRange(1),
    )
    tracking_memory: int | None = setting(
        None,
        "MiB of tracked frames of a session in memory, the others are in a file; 64. On a GPU of all sessions together;"
        " a share of its free memory.",
        click.IntRange(1),
    )
    tracking_disk: int = setting(
        8192,
        "MiB of tracked frames of all sessions on disk, from which sessions resume without tracking again. Frames that"
        " fit neither there nor in memory are tracked again when they are needed.",
        click.IntRange(0),
    )
    mask_memory: int = setting(32, "MiB of masks of a session in memory; the store has all of them.", click.IntRange(1))
    embedding_memory: int | None = setting(
        None,
        "MiB of main memory for image embeddings of all sessions, cached for second passes; 256. With a GPU 4096,"
        " next to a share of its own memory.",
        click.IntRange(0),
    )
    embedding_disk: int = setting(
        0, "MiB of image embeddings cached on disk in addition to those in memory.", click.IntRange(0)
    )
    max_upload: int = setting(2048, "MiB of an uploaded video.", click.IntRange(1))
    upload_days: int | None = setting(
        None,
        "Days after which an upload that no session uses is deleted; without it, uploads stay.",
        click.IntRange(1),
    )
    max_pixels: int = setting(3840 * 2160, "Pixels of a frame.", click.IntRange(1))
    max_frames: int = setting(100_000, "Frames of a video.", click.IntRange(1))
    deinterlace: bool = setting(False, "Deinterlace the frames of interlaced videos, each by itself.")
    auth_token: str | None = setting(None, "Token that every request must carry as Bearer.", str)
    tokens: Path | None = setting(
        None,
        "File of users, a line for each token; `sam2-lit token` adds one. Read again when it changes.",
        click.Path(path_type=Path, dir_okay=False),
    )
    user_header: str | None = setting(
        None, "Header in which a trusted proxy says who the user is; from others it counts for nothing.", str
    )
    trusted_proxy: tuple[str, ...] = setting(
        (), "Address or network of a proxy that sets the user header; may be repeated.", str, multiple=True
    )
    max_user_sessions: int | None = setting(
        None, "Sessions that a user may have; without it, any number.", click.IntRange(1)
    )
    max_user_propagations: int | None = setting(
        None, "Propagations of a user running at once; without it, all of --max-propagations.", click.IntRange(1)
    )
    no_auth: bool = setting(
        False, "Allow other machines without a token: anyone who can reach the server may do anything."
    )
    persisted_only: str | None = setting(
        None,
        "Execute only the documents of the annotation page (`page`), or of a JSON file that has them by id.",
        str,
    )
    introspection: bool = setting(True, "Whether clients may ask for the schema; GraphiQL needs it.")
    graphiql: bool = setting(True, "Whether /graphql shows GraphiQL in a browser.")
    allowed_host: tuple[str, ...] = setting(
        (), "Host name under which this server may be reached; may be repeated.", str, multiple=True
    )
    allowed_origin: tuple[str, ...] = setting(
        (), "Origin whose pages may call this server; may be repeated.", str, multiple=True
    )
    log_format: str = setting("text", "Format of log lines.", click.Choice(["text", "json"]))
    log_level: str = setting(
        "info",
        "Least severe level that is logged.",
        click.Choice(["debug", "info", "warning", "error"], case_sensitive=False),
    )

    @property
    def media(self) -> Path:
        """The folder of uploads, exports, adapters and playable videos."""
        return self.media_dir or self.data_dir

    @property
    def scratch(self) -> Path:
        """The folder of the memory of tracked frames."""
        return self.scratch_dir or self.data_dir


MODEL_SETTINGS = ("model", "model_config", "checkpoint", "checkpoints_dir", "device", "precision")
"""The settings that choose a model, its device and its precision; arguments of `load_model`."""


def setting_options(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds to a click command a flag, with its environment variable, for each named setting, or for all of them."""

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
