"""The rooms of sam2_lit and the imports between them, as `docs/architecture.md` draws them.

`python -m tests.architecture` prints the diagram.
"""

from collections.abc import Iterator, Mapping
from functools import cache

import grimp

ROOMS: Mapping[str, tuple[str, ...]] = {
    "cli": ("cli", "__main__", "serve", "doctor"),
    "cluster": ("cluster",),
    "server": ("server",),
    "evaluation": ("evaluation",),
    "client": ("client",),
    "schema": ("schema",),
    "settings": ("settings",),
    "engine": ("engine.engine", "engine.face"),
    "engine/sessions": ("engine.sessions",),
    "engine/learning": ("engine.learning",),
    "engine/tracking": ("engine.tracking",),
    "engine/seams": (
        "engine.video_tracker",
        "engine.object_memories",
        "engine.object_memory",
        "engine.observer",
        "engine.engine_settings",
    ),
    "engine/models": ("engine.models",),
    "engine/device": ("engine.device",),
    "imports": ("imports",),
    "exports": ("exports",),
    "store": ("store",),
    "lora": ("lora",),
    "media": ("media",),
    "pocket": ("pocket",),
    "sample": ("sample",),
    "records": ("records",),
    "threads": ("thread_pool",),
    "files": ("file_sync", "folder_listing"),
    "errors": ("errors", "machine_errors"),
}
"""Each room and its modules, or the packages that hold them, from the top to the bottom."""

FOUNDATION = ("records", "threads", "files", "errors")
"""Rooms that every room may import; the diagram leaves the arrows to them out."""


def room_of(module: str) -> str | None:
    """The room of a module; None for a package that only holds rooms. Raises LookupError where there is no room."""
    name = module.removeprefix("sam2_lit.")
    if module in ("sam2_lit", "sam2_lit.engine"):
        return None
    for room, members in ROOMS.items():
        if any(name == member or name.startswith(f"{member}.") for member in members):
            return room
    raise LookupError(f"{module} is in no room: add it to ROOMS in tests/architecture.py and to docs/architecture.md")


@cache
def arrows() -> frozenset[tuple[str, str]]:
    """(importing room, imported room), for any two rooms of which one imports the other, in functions too."""
    graph = grimp.build_graph("sam2_lit", cache_dir=None)
    found = {
        (room_of(module), room_of(imported))
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
    }
    return frozenset((one, other) for one, other in found if one and other and one != other)


def diagram() -> Iterator[str]:
    """The lines of the Mermaid diagram, from the top to the bottom."""
    order = list(ROOMS)
    yield "flowchart TD"
    for importing, imported in sorted(arrows(), key=lambda arrow: [order.index(room) for room in arrow]):
        if imported not in FOUNDATION:
            yield f"    {importing} --> {imported}"


if __name__ == "__main__":
    print("\n".join(diagram()))
