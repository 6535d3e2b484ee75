"""No test is decided by how long something takes, unless it says so by the marker `wall_clock`."""

import ast
from collections.abc import Iterator
from pathlib import Path

CLOCKS = {"time.monotonic", "time.perf_counter", "asyncio.wait_for", "asyncio.timeout"}
GUARDS = {"recv", "result", "get", "wait", "join", "acquire", "run", "communicate"}
"""Called with `timeout=…`, they end a test early; pytest's own timeout is there for what hangs."""


def timed(function: ast.AST) -> Iterator[str]:
    """The calls in a function whose outcome depends on a clock."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            has_timeout = any(keyword.arg == "timeout" for keyword in node.keywords)
            if ast.unparse(node.func) in CLOCKS or (node.func.attr in GUARDS and has_timeout):
                yield f"{ast.unparse(node)} in line {node.lineno}"


def is_marked(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("wall_clock" in ast.unparse(decorator) for decorator in function.decorator_list)


def test_tests_that_depend_on_a_clock_are_marked() -> None:
    unmarked = [
        f"{file}: {call}"
        for file in Path(__file__).parent.rglob("test_*.py")
        for function in ast.walk(ast.parse(file.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and not is_marked(function)
        for call in timed(function)
    ]

    assert unmarked == []
