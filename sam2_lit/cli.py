"""sam2-lit serve | download | schema"""

import ctypes
import ipaddress
import logging
import os
import sys
from pathlib import Path
from typing import Any

import click
import torch
import uvicorn

from sam2_lit.app import create_app
from sam2_lit.download import download as fetch
from sam2_lit.engine.models import ModelError, load_model
from sam2_lit.engine.predictor import LitPredictor
from sam2_lit.schema import schema as graphql_schema
from sam2_lit.settings import MIB, Settings, setting_options

# malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def main() -> None:
    """SAM 2 video annotation that learns from every correction."""


@main.command()
@setting_options
def serve(**values: Any) -> None:
    """Start the server."""
    settings = Settings(**values)
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    if not settings.auth_token and not _is_loopback(settings.host):
        raise click.UsageError(
            f"--host {settings.host} lets other machines in: set --auth-token as well, or listen on 127.0.0.1"
        )
    if settings.videos is not None and not settings.videos.is_dir():
        raise click.UsageError(f"--videos {settings.videos} is not a folder")
    # The tracking thread must not wait long for the threads beside it, which hold the interpreter for moments only.
    sys.setswitchinterval(0.0005)
    _keep_freed_memory()
    torch.set_num_threads(tracking_threads())
    try:
        model = load_model(
            settings.model,
            predictor_class=LitPredictor,
            device=settings.device,
            checkpoints_dir=settings.checkpoints_dir,
            checkpoint=settings.checkpoint,
            model_config=settings.model_config,
        )
    except ModelError as error:
        _fail(error)
    url = f"http://{settings.host}:{settings.port}"
    click.echo(f"{model.name} on {model.device}. GraphQL and GraphiQL: {url}/graphql", err=True)
    uvicorn.run(
        create_app(settings, model),
        host=settings.host,
        port=settings.port,
        log_config=None,
        log_level=settings.log_level.lower(),
        ws_max_size=16 * 2**20,
    )


@main.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--checkpoints-dir",
    type=click.Path(path_type=Path),
    default=Path("checkpoints"),
    show_default=True,
    envvar="SAM2_LIT_CHECKPOINTS_DIR",
    show_envvar=True,
    help="Where to put them.",
)
def download(names: tuple[str, ...], checkpoints_dir: Path) -> None:
    """Fetch official SAM 2.1 checkpoints."""
    try:
        fetch(names, checkpoints_dir)
    except ModelError as error:
        _fail(error)


@main.command("schema")
def print_schema() -> None:
    """Print the GraphQL schema (SDL)."""
    click.echo(graphql_schema.as_str())


def tracking_threads() -> int:
    """How many of the cores track; the others decode and encode the frames to come.

    More threads than cores would wait for each other by spinning.
    """
    return max(1, (os.cpu_count() or 1) // 2)


def _keep_freed_memory() -> None:
    # By default glibc gives a large tensor's memory back to the system when it is freed, and the next frame's tensors
    # fault every page in again.
    try:
        libc = ctypes.CDLL("libc.so.6")
    except OSError:
        return
    libc.mallopt(_M_MMAP_THRESHOLD, 32 * MIB)
    libc.mallopt(_M_TRIM_THRESHOLD, 512 * MIB)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _fail(error: ModelError) -> None:
    click.echo(f"sam2-lit: {error}", err=True)
    sys.exit(2)
