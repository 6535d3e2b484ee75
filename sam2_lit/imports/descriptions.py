"""The labels and attributes of a file's objects, by the sidecar of an export or by their categories."""

from collections.abc import Sequence

from sam2_lit.imports.parsed import ParsedVideo
from sam2_lit.imports.sidecars import Sidecar
from sam2_lit.records.imports import ImportFormat

_WITHOUT_CATEGORIES = (ImportFormat.NUMPY, ImportFormat.PNG, ImportFormat.DAVIS)


def describe_objects(videos: Sequence[ParsedVideo], sidecar: Sidecar | None, format: ImportFormat) -> None:
    """Gives objects the label and attributes that the sidecar has for them.

    In a file of another program, an object's category is what it is named by, and its label too.
    """
    for video in videos:
        known = sidecar.videos.get(video.name) if sidecar else None
        for key, each in list(video.objects.items()):
            if known is not None and each.object_id in known.names:
                video.describe(key, known.labels[each.object_id], known.attributes[each.object_id])
            elif format not in _WITHOUT_CATEGORIES:
                video.describe(key, each.name, None)
