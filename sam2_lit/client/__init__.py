"""A Python client of a sam2-lit server: `AsyncClient` for asyncio, `Client` without. It imports no torch.

with Client() as client:
    session = client.open("sample/sample.mp4")
    session.add_points(1, 0, [[0.163, 0.565]])
    for frame in session.track():
        frame.frame_index, frame.masks[1]  # bool [H, W]
"""

from sam2_lit.client.async_client import AsyncClient
from sam2_lit.client.async_session import AsyncSession
from sam2_lit.client.errors import ClientError, ConnectionFailed, ServerError
from sam2_lit.client.generated import AdapterFields as Adapter
from sam2_lit.client.generated import (
    ExportFormat,
    FrameMatching,
    ImportFormat,
    LabelInput,
    LoraMode,
    MaskSource,
    PropagationDirection,
)
from sam2_lit.client.generated import ImportFields as Import
from sam2_lit.client.generated import SessionFields as SessionInfo
from sam2_lit.client.generated import VideoFields as Video
from sam2_lit.client.results import Candidate, Correction, Frame, ObjectMask, TrackedFrame
from sam2_lit.client.sync_client import Client
from sam2_lit.client.sync_session import Session

__all__ = [
    "Adapter",
    "AsyncClient",
    "AsyncSession",
    "Candidate",
    "Client",
    "ClientError",
    "ConnectionFailed",
    "Correction",
    "ExportFormat",
    "Frame",
    "FrameMatching",
    "Import",
    "ImportFormat",
    "LabelInput",
    "LoraMode",
    "MaskSource",
    "ObjectMask",
    "PropagationDirection",
    "ServerError",
    "Session",
    "SessionInfo",
    "TrackedFrame",
    "Video",
]
