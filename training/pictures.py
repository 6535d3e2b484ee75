"""The packed ingredients, read back as tensors."""

import io
import json
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

KINDS = ("photo", "cutout", "texture", "object", "still")


@dataclass(frozen=True)
class Still:
    """A photograph with instance masks: `picture` (3, H, W) float32 RGB in 0 to 1; `labels` (H, W) uint8, 0 background,
    1 and up instances, 255 not labelled."""

    picture: Tensor
    labels: Tensor


class Pictures:
    """The pictures of one split in an archive that `training.ingredients` made.

    `names[kind]` lists them, sorted; kinds are `photo`, `cutout`, `texture`, `object` (a photograph whose alpha says
    where its object is) and `still` (a photograph with instance masks).
    """

    def __init__(self, archive: Path, split: str) -> None:
        self._archive = archive
        self._zip: zipfile.ZipFile | None = None
        with zipfile.ZipFile(archive) as opened:
            index = json.loads(opened.read("index.json"))
        self.names: dict[str, list[str]] = {kind: [] for kind in KINDS}
        for entry in index:
            if entry["split"] == split:
                self.names[entry["kind"]].append(entry["name"])
        for names in self.names.values():
            names.sort()
        self._decode = lru_cache(maxsize=512)(self._read)

    def read(self, name: str) -> Tensor:
        """One picture: (3, H, W), or (4, H, W) with alpha for a cut-out or an object, float32 in 0 to 1."""
        return self._decode(name).float().div(255.0)

    def still(self, name: str) -> Still:
        """A photograph and its instance masks."""
        decoded = self._decode(name)
        return Still(decoded[:3].float().div(255.0), decoded[3])

    def _read(self, name: str) -> Tensor:
        if name.startswith("object/"):
            photograph = "photo" + name.removeprefix("object")
            return torch.cat([self._tensor(photograph, "RGB"), self._tensor(name, "L")])
        if name.startswith("still/"):
            labels = "labels" + name.removeprefix("still").removesuffix(".jpg") + ".png"
            return torch.cat([self._tensor(name, "RGB"), self._tensor(labels, "L")])
        return self._tensor(name, "RGBA" if name.startswith("cutout/") else "RGB")

    def _tensor(self, name: str, mode: str) -> Tensor:
        if self._zip is None:  # opened here, so that every worker process has a handle of its own
            self._zip = zipfile.ZipFile(self._archive)
        picture = np.array(Image.open(io.BytesIO(self._zip.read(name))).convert(mode))
        return torch.from_numpy(np.atleast_3d(picture)).permute(2, 0, 1).contiguous()
