"""What the pages tell readers to run, and the files they name, exist."""

import ast
import re
import shlex
from collections.abc import Iterator

import pytest

from sam2_lit.cli import main
from tests.docs.pages import PAGES, ROOT, DocumentationPage

FOLDERS = ("sam2_lit", "scripts", "tests", "docs", "benchmarks", "training", "hard_clips", "examples", "ui", "graphiql")
MADE = ("training/ingredients", "training/runs", "docs/…", "tests/…")
"""Beginnings of paths that appear when something runs, or that stand for any."""

FLAG = re.compile(r"--[a-z][a-z-]*")
OTHERS = {
    "--address",
    "--build",
    "--build-arg",
    "--detach",
    "--format",
    "--from-file",
    "--head",
    "--no-build-isolation",
    "--no-deps",
    "--rm",
    "--user",
    "--volume",
}
"""Flags of programs that are not ours."""


def flags_of(command: str) -> set[str]:
    return {flag for option in main.commands[command].params for flag in (*option.opts, *option.secondary_opts)}


def own_flags() -> set[str]:
    """Every flag of our commands, of the modules that are run by `python -m`, of pytest here and of our scripts."""
    found = {flag for command in main.commands for flag in flags_of(command)} | {"--help"}
    sources = [*ROOT.glob("benchmarks/**/*.py"), *ROOT.glob("training/*.py"), *ROOT.glob("hard_clips/*.py")]
    tests = [ROOT / "tests" / "conftest.py", ROOT / "tests" / "fuzz" / "many_files.py"]
    for source in (*sources, *tests, ROOT / "ui" / "build", ROOT / "graphiql" / "build"):
        found |= set(FLAG.findall(source.read_text()))
    return found


def benchmark_names() -> set[str]:
    tree = ast.parse((ROOT / "benchmarks" / "__main__.py").read_text())
    [table] = [
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "BENCHMARKS"
    ]
    assert isinstance(table, ast.Dict)
    return {key.value for key in table.keys if isinstance(key, ast.Constant)}


def exists(program: str, arguments: list[str]) -> bool:
    flags = {word.partition("=")[0] for word in arguments if FLAG.match(word)} - {"--help"}
    match program:
        case "sam2-lit":
            command, *_ = [word for word in arguments if word != "--help"] or [""]
            return not command or (command in main.commands and flags <= flags_of(command))
        case "scripts/serve":
            return flags <= flags_of("serve")
        case "scripts/bench":
            return {word for word in arguments if re.fullmatch(r"[a-z][a-z-]*", word)} <= benchmark_names()
        case _:
            return (ROOT / program).is_file()


def commands(page: DocumentationPage) -> Iterator[tuple[str, list[str]]]:
    """(program, arguments) of what the page gives to run with one of our programs."""
    for code in page.code:
        for part in re.split(r"&&|;", code):
            words = shlex.split(part.replace("'", "").replace('"', ""))
            if words and (words[0].startswith("scripts/") or words[0].removeprefix(".venv/bin/") == "sam2-lit"):
                yield words[0].removeprefix(".venv/bin/"), words[1:]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_ours_exists_with_its_flags(page: DocumentationPage) -> None:
    assert [[program, *arguments] for program, arguments in commands(page) if not exists(program, arguments)] == []


def test_the_page_of_benchmarks_lists_every_one() -> None:
    listed = set(re.findall(r"scripts/bench ([a-z-]+)", (ROOT / "docs" / "benchmarks.md").read_text()))

    assert benchmark_names() - listed == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_flag_that_is_named_exists(page: DocumentationPage) -> None:
    named = {flag for code in page.code for flag in FLAG.findall(code)}

    assert named - own_flags() - OTHERS == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_that_is_run_exists(page: DocumentationPage) -> None:
    modules = {found for code in page.code for found in re.findall(r"python -m ([\w.]+)", code)}
    places = {module: ROOT / module.replace(".", "/") for module in modules if module.partition(".")[0] in FOLDERS}

    assert [
        module
        for module, place in places.items()
        if not (place.with_suffix(".py").is_file() or (place / "__main__.py").is_file())
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_of_the_repository_that_is_named_exists(page: DocumentationPage) -> None:
    words = {word for code in page.code for word in code.split() if word.partition("/")[0] in FOLDERS and "/" in word}
    paths = {word.partition(":")[0] for word in words if not word.startswith(MADE)}

    assert {path for path in paths if not list(ROOT.glob(path.rstrip("/")))} == set()
