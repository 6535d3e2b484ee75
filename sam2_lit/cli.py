"""The commands `sam2-lit serve | token | annotate | download | evaluate | doctor | schema`.

Each command imports what it runs when it runs, so that `--help` and shell completion load no torch.
"""

import logging
import sys
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import click
from click.core import ParameterSource

from sam2_lit.engine.models.registry import ModelError
from sam2_lit.evaluation.options import evaluation_options, taken_from
from sam2_lit.records.exports import ExportFormat
from sam2_lit.settings import MODEL_SETTINGS, Settings, setting_options

if TYPE_CHECKING:
    from sam2_lit.engine.models.loading import LoadedModel
    from sam2_lit.engine.tracking.predictor import LitPredictor

logger = logging.getLogger("sam2_lit.cli")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def main() -> None:
    """SAM 2 video annotation that learns from every correction."""


@main.command()
@setting_options()
def serve(**values: Any) -> None:
    """Start the server."""
    from sam2_lit.cluster.cluster_error import ClusterError
    from sam2_lit.serve import open_server
    from sam2_lit.server.startup import starting
    from sam2_lit.store.store_errors import StoreError

    with starting():
        try:
            server = open_server(Settings(**values))
        except (ClusterError, ModelError, StoreError) as error:
            _fail(error)
    # Uvicorn shuts down cleanly on an interrupt, and then raises it again.
    with suppress(KeyboardInterrupt):
        server.run()


@main.command()
@click.argument("name")
@setting_options("tokens")
def token(name: str, tokens: Path | None) -> None:
    """Make a token for the user NAME, and print it, once.

    --tokens names the file of `serve --tokens`, to which the line of the token is added: the name and a hash. Without
    it the line is printed after the token. A user may have several; deleting a line revokes its token.
    """
    from sam2_lit.server.tokens import append_line, new_token

    try:
        made, line = new_token(name)
        if tokens is not None:
            append_line(tokens, line)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        _fail(error)
    click.echo(made)
    if tokens is None:
        click.echo(line)


@main.command()
@click.argument("video")
@click.option(
    "--prompts",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="JSON file of prompts and corrections; docs/client.md describes it.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the exported files."
)
@click.option(
    "--format",
    "formats",
    type=click.Choice([each.value for each in ExportFormat], case_sensitive=False),
    default=[ExportFormat.DAVIS.value],
    multiple=True,
    show_default=True,
    help="Format of the masks; may be repeated.",
)
@click.option(
    "--lora-mode",
    type=click.Choice(["OFF", "SUGGEST", "AUTO"], case_sensitive=False),
    default="AUTO",
    show_default=True,
    help="What adapters, which corrections train, do while tracking.",
)
@click.option("--url", help="A running server to use; without it, one is started for this video.")
@click.option("--auth-token", envvar="SAM2_LIT_AUTH_TOKEN", show_envvar=True, help="The token of the server at --url.")
@setting_options(*MODEL_SETTINGS)
def annotate(
    video: str,
    prompts: Path,
    out: Path,
    formats: tuple[str, ...],
    lora_mode: str,
    url: str | None,
    auth_token: str | None,
    **model_settings: Any,
) -> None:
    """Track the objects of VIDEO from a file of prompts, and export their masks.

    VIDEO is a file or a folder of frames; with --url, also the path of a video of that server. Corrections of the file
    are made after tracking; each trains an adapter, and then everything is tracked again.
    """
    try:
        from sam2_lit.client import Client, ClientError
        from sam2_lit.client.batch import annotate as annotate_with
        from sam2_lit.client.prompts_file import PromptsError, read_prompts
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is missing: pip install 'sam2-lit[client]'") from error
    try:
        todo, file = read_prompts(prompts), Path(video)
        if url is None:
            if not file.exists():
                raise click.UsageError(f"there is no file or folder {video}")
            server = _server_for(file, model_settings)
            path: Path | str = f"videos/{file.resolve().name}"
        else:
            if ParameterSource.COMMANDLINE in map(click.get_current_context().get_parameter_source, MODEL_SETTINGS):
                raise click.UsageError(f"the server at {url} has its model and device: leave them out")
            if file.is_dir():
                raise click.UsageError(f"{video} is a folder, which cannot be uploaded; give a path of {url}'s videos")
            server = nullcontext((url, auth_token))
            path = file if file.exists() else video
        with server as (address, token), Client(address, token) as client:
            for written in annotate_with(client, path, todo, out, formats, lora_mode, partial(click.echo, err=True)):
                click.echo(written)
    except (PromptsError, ClientError, OSError) as error:
        _fail(error)


@main.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--checkpoints-dir",
    type=click.Path(path_type=Path),
    default=Path("checkpoints"),
    show_default=True,
    envvar="SAM2_LIT_CHECKPOINTS_DIR",
    show_envvar=True,
    help="Folder to put them in.",
)
def download(names: tuple[str, ...], checkpoints_dir: Path) -> None:
    """Fetch official SAM 2.1 checkpoints."""
    from sam2_lit.engine.models.download import download as fetch

    try:
        fetch(names, checkpoints_dir)
    except ModelError as error:
        _fail(error)


@main.command()
@evaluation_options
@setting_options(*MODEL_SETTINGS, "learn_on")
def evaluate(**values: Any) -> None:
    """Count the corrections that a simulated user makes on DATASET.

    DATASET is in DAVIS layout: JPEGImages/ and Annotations/, palette PNGs with one value for each object, 255 for
    void. The user of the LIT paper (arXiv 2603.26929) gives the first mask and looks at every frame. Where the IoU is
    below the threshold, the user accepts a candidate that reaches it, or corrects the frame. With --out, an evaluation
    that was stopped resumes.
    """
    try:
        # They need libraries that the server does not.
        from sam2_lit.evaluation import command
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is missing: pip install 'sam2-lit[evaluate]'") from error
    options = taken_from(values)
    command.run(_load(**values), options)


@main.command()
@setting_options(*MODEL_SETTINGS, "data_dir", "scratch_dir")
def doctor(**values: Any) -> None:
    """Print what sam2-lit finds on this machine, for bug reports.

    On a CPU that may be faster in bfloat16 it measures whether it is, once, and stores that for `serve`.

    A line that begins with !! is a problem, and makes the exit status 1.
    """
    from sam2_lit.doctor import Doctor

    has_problem = False
    for finding in Doctor(**values).findings():
        click.echo(str(finding))
        has_problem |= finding.problem
    sys.exit(int(has_problem))


@main.command("restart-workers")
@setting_options("cluster", "cluster_namespace")
@click.option(
    "--drain-seconds", default=60.0, show_default=True, help="Seconds that streams have to end by themselves."
)
def restart_workers(drain_seconds: float, cluster: str | None, cluster_namespace: str) -> None:
    """Restart the workers of a cluster one after the other; streams go on without losing a frame.

    A worker gives up its sessions before its process ends. The fronts, which must be running, start another.
    """
    if not cluster:
        raise click.UsageError("--cluster must be the address of the cluster")
    from sam2_lit.cluster.cluster_error import ClusterError

    try:
        from sam2_lit.cluster.ray_restart import restart_all
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is missing: pip install 'sam2-lit[cluster]'") from error
    try:
        for name in restart_all(cluster, cluster_namespace, drain_seconds):
            click.echo(f"{name} is restarted")
    except ClusterError as error:
        _fail(error)


@main.command("schema")
def print_schema() -> None:
    """Print the GraphQL schema (SDL)."""
    # The file is read, not the package imported: Strawberry alone takes more CPU time than this command may.
    click.echo((Path(__file__).parent / "schema" / "schema.graphql").read_text("utf-8"), nl=False)


def _server_for(video: Path, model_settings: dict[str, Any]) -> AbstractContextManager[tuple[str, str | None]]:
    """A server in this process that serves one video; yields its URL and its token."""
    from sam2_lit.engine.device.kernels import MeasuredKernels
    from sam2_lit.engine.device.process_setup import set_up_process
    from sam2_lit.server.background import serving_video

    set_up_process()
    model = _load(**model_settings)
    cast("LitPredictor", model.predictor).prepare(kernels=MeasuredKernels(), dtype=model.dtype)
    return serving_video(video, model)


def _load(model: str, **settings: Any) -> "LoadedModel":
    from sam2_lit.engine.models.loading import load_model
    from sam2_lit.engine.tracking.predictor import LitPredictor

    try:
        return load_model(model, predictor_class=LitPredictor, **settings)
    except ModelError as error:
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    click.echo(f"sam2-lit: {error}", err=True)
    sys.exit(2)
