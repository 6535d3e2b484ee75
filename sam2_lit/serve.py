"""Opens the server of `sam2-lit serve`: over a model in its own process, or as a front of a cluster."""

import logging
from typing import TYPE_CHECKING

import click

from sam2_lit.settings import MODEL_SETTINGS, Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from sam2_lit.server.http_server import HttpServer

logger = logging.getLogger(__name__)


def open_server(settings: Settings) -> "HttpServer":
    """The server, ready to run, with its model loaded, or connected to its cluster.

    Raises click.UsageError for settings that do not go together, ModelError, StoreError and ClusterError.
    """
    from sam2_lit.server.access import access_problem
    from sam2_lit.server.http_server import http_server
    from sam2_lit.server.logs import set_up_logging
    from sam2_lit.server.persisted_documents import AllowedDocuments

    set_up_logging(settings.log_level, settings.log_format)
    if (problem := access_problem(settings)) is not None:
        raise click.UsageError(problem)
    if settings.videos is not None and not settings.videos.is_dir():
        raise click.UsageError(f"--videos {settings.videos} is not a folder")
    if settings.persisted_only is not None:
        try:
            AllowedDocuments.read(settings.persisted_only)
        except (OSError, ValueError) as error:
            raise click.UsageError(f"--persisted-only {settings.persisted_only} cannot be read: {error}") from error
    app, what = _alone(settings) if settings.cluster is None else _front(settings)
    greeting = f"{what}. GraphQL and GraphiQL: http://{settings.host}:{settings.port}/graphql"
    if settings.log_format == "json":
        logger.info(greeting)
    else:
        click.echo(greeting, err=True)
    return http_server(app, settings)


def _alone(settings: Settings) -> "tuple[Starlette, str]":
    """The application over a model in this process, and what it is, in words."""
    from sam2_lit.engine.device.process_setup import set_up_process
    from sam2_lit.engine.models.devices import gpu_problem
    from sam2_lit.engine.models.loading import load_model
    from sam2_lit.engine.tracking.predictor import LitPredictor
    from sam2_lit.server.app import create_app
    from sam2_lit.server.model_setup import prepare_model
    from sam2_lit.store.store import Store

    set_up_process()
    chosen = {name: getattr(settings, name) for name in MODEL_SETTINGS if name != "model"}
    model = load_model(settings.model, predictor_class=LitPredictor, **chosen)
    if model.device.type == "cpu" and settings.device == "auto" and (problem := gpu_problem()) is not None:
        logger.warning("THE MODEL RUNS ON THE CPU. %s", problem)
    prepare_model(model, settings)
    store = Store(settings.data_dir, settings.database_url, media_dir=settings.media)
    return create_app(settings, model, store), f"{model.name} on {model.device}"


def _front(settings: Settings) -> "tuple[Starlette, str]":
    """The application over the workers of a cluster, and what it is, in words. Loads no model."""
    if not (settings.database_url or "").startswith("postgresql") or settings.media_dir is None:
        raise click.UsageError(
            "--cluster needs --database-url postgresql://… and --media-dir, which all processes of the cluster share"
        )
    try:
        from sam2_lit.cluster.ray_workers import RayWorkers
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is missing: pip install 'sam2-lit[cluster]'") from error
    from sam2_lit.cluster.front import create_front, open_store

    store = open_store(settings)
    workers = RayWorkers(settings)
    what = f"A front of {len(workers.names)} workers, of Ray at {workers.address}"
    return create_front(settings, store, workers), what
