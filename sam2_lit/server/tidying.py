"""Regular tidying of the engine."""

import asyncio
import logging

from sam2_lit.engine.face import EngineFace

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 60.0


async def keep_tidy(engine: EngineFace) -> None:
    """Tidies the engine now and every minute, until cancelled. An error is logged, and it is tried again."""
    while True:
        try:
            await engine.tidy()
        except Exception:
            logger.exception("tidying failed; it is tried again in %d s", _PAUSE_SECONDS)
        await asyncio.sleep(_PAUSE_SECONDS)
