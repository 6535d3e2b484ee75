"""`scripts/mutate [MODULE[:LINE]…]`: changes a module in one place at a time; lists the changes no test notices.

The operators are those of cosmic-ray, one replacement for each operator of Python, and the deletion of a statement. Its
own runner starts a process for each mutant, which takes longer to import torch than to run a module's fast tests. Here
a process that has imported everything is forked, and only the package is imported again, with the mutant in it.
"""

import argparse
import ast
import gc
import importlib
import importlib.abc
import importlib.machinery
import os
import resource
import signal
import sys
import time
import types
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import parso
import pytest
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators import (
    binary_operator_replacement,
    boolean_replacer,
    break_continue,
    comparison_operator_replacement,
    number_replacer,
    unary_operator_replacement,
    zero_iteration_for_loop,
)
from cosmic_ray.operators.operator import Operator

TESTS = {
    "sam2_lit/store/writer.py": ["tests/store/test_writer.py", "tests/store/test_writer_death.py"],
    "sam2_lit/engine/sessions/session_pool.py": ["tests/engine/sessions/test_session_pool.py"],
    "sam2_lit/engine/sessions/mask_book.py": ["tests/engine/sessions/test_mask_book.py"],
    "sam2_lit/engine/device/worker.py": [
        "tests/engine/device/test_worker.py",
        "tests/engine/device/test_step_stream.py",
    ],
}
"""By module, the tests that have to notice a change of it: fast ones, since they run for every mutant."""

IDLE_SECONDS = 4.0
"""A fork that has used no processor for so long hangs."""

NEED_FIXTURES = {"sam2_lit/engine/sessions/session_pool.py"}

COMPARISONS = ("Eq_NotEq", "NotEq_Eq", "Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Lt_Gt", "Gt_Lt", "LtE_GtE", "GtE_LtE")


class DeleteStatement(Operator):  # type: ignore[misc]
    """Replaces a statement that is a call, an assignment, `del`, `raise` or a bare `return` by `pass`."""

    KINDS = ("expr_stmt", "atom_expr", "del_stmt", "raise_stmt")

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        if node.type == "simple_stmt" and self._can_be_left_out(node.children[0]):
            yield node.start_pos, node.end_pos

    def _can_be_left_out(self, statement: Any) -> bool:
        if statement.type not in self.KINDS:
            return bool(statement.type == "keyword" and statement.value == "return")
        # One that only gives a name a type does nothing.
        second = statement.children[1]
        return not (second.type == "annassign" and len(second.children) == 2)

    def mutate(self, node: Any, index: int) -> Any:
        node.children[0] = parso.parse(f"{node.get_first_leaf().prefix}pass")
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


def operators() -> list[Operator]:
    compared = [f"ReplaceComparisonOperator_{each}" for each in (*COMPARISONS, "Is_IsNot", "IsNot_Is")]
    computed = [f"ReplaceBinaryOperator_{each}" for each in ("Add_Sub", "Sub_Add")]
    return [
        DeleteStatement(),
        *(getattr(comparison_operator_replacement, each)() for each in compared),
        *(getattr(binary_operator_replacement, each)() for each in computed),
        unary_operator_replacement.ReplaceUnaryOperator_Delete_Not(),
        boolean_replacer.AddNot(),
        boolean_replacer.ReplaceTrueWithFalse(),
        boolean_replacer.ReplaceFalseWithTrue(),
        boolean_replacer.ReplaceAndWithOr(),
        boolean_replacer.ReplaceOrWithAnd(),
        break_continue.ReplaceBreakWithContinue(),
        number_replacer.NumberReplacer(),
        zero_iteration_for_loop.ZeroIterationForLoop(),
    ]


@dataclass(frozen=True)
class Mutant:
    """A module with one change, in `line` (counted from 1)."""

    operator: str
    line: int
    source: str

    def change(self, original: str) -> str:
        before, after = original.splitlines(), self.source.splitlines()
        return f"{self.line}: {before[self.line - 1].strip()}  ->  {after[self.line - 1].strip()} ({self.operator})"


def mutants(original: str) -> Iterator[Mutant]:
    """Each change of a module that leaves it another program; constants and annotations of the module are left."""
    seen = {ast.dump(ast.parse(original))}
    negated: set[int] = set()
    for operator in operators():
        name = type(operator).__name__
        occurrence = 0
        while (source := mutate_code(original, operator, occurrence)) is not None:
            occurrence += 1
            try:
                dumped = ast.dump(ast.parse(source))
            except SyntaxError:
                continue
            lines = zip(original.splitlines(), source.splitlines(), strict=False)
            line = next((number for number, (a, b) in enumerate(lines, 1) if a != b), 1)
            # A condition whose comparison was replaced needs no other negation.
            is_new = dumped not in seen and not (name == "AddNot" and line in negated)
            if is_new and original.splitlines()[line - 1].startswith(" "):
                seen.add(dumped)
                if name.startswith(("ReplaceComparison", "ReplaceUnary")):
                    negated.add(line)
                yield Mutant(name, line, source)


class MutantImporter(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from the source that it is given."""

    def __init__(self, name: str, path: str, source: str) -> None:
        self._name, self._path, self._source = name, path, source

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=self._path)

    def exec_module(self, module: types.ModuleType) -> None:
        exec(compile(self._source, self._path, "exec"), module.__dict__)


def is_noticed(path: str, source: str, seconds: float) -> bool:
    """Whether the module's tests fail with this source of it, hang, or do not end in time; they run in a fork."""
    child = os.fork()
    if child == 0:
        name = path.removesuffix(".py").replace("/", ".")
        sys.meta_path.insert(0, MutantImporter(name, path, source))
        with open(os.devnull, "w") as nothing, redirect_stdout(nothing):
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
            # Without what the tests do not use: its import would take most of the time.
            options = [] if path in NEED_FIXTURES else ["--noconftest"]
            os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *options, *TESTS[path]])))
    began = changed = time.monotonic()
    used = -1
    while time.monotonic() < changed + IDLE_SECONDS and time.monotonic() < began + seconds:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status != 0
        if (now := cpu_ticks(child)) != used:
            used, changed = now, time.monotonic()
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def cpu_ticks(process: int) -> int:
    """What a process has used of the processors (Linux, proc(5))."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def import_what_others_wrote() -> None:
    """Imports everything that the tests need, then forgets this package and its tests, to be imported again."""
    importlib.import_module("tests.conftest")
    importlib.import_module("tests.engine.moving_masks")
    for name in [each for each in sys.modules if each.split(".")[0] in ("sam2_lit", "tests") and each != __name__]:
        del sys.modules[name]
    gc.collect()
    # The forks' garbage collectors then leave these objects alone, and their memory shared.
    gc.freeze()


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__.partition("\n")[0])
    names = f"of {', '.join(TESTS)}, or with :LINE one line of it; all modules if none is given"
    parser.add_argument("modules", nargs="*", metavar="MODULE[:LINE]", help=names)
    chosen = parser.parse_args().modules or list(TESTS)
    import_what_others_wrote()
    for path, _, only in (each.partition(":") for each in chosen):
        original = Path(path).read_text()
        began = time.monotonic()
        if is_noticed(path, original, 300):
            print(f"{path}: its tests fail without a change")
            continue
        limit = 20 + 4 * (time.monotonic() - began)
        survivors, count = [], 0
        for mutant in mutants(original):
            if only and mutant.line != int(only):
                continue
            count += 1
            if not is_noticed(path, mutant.source, limit):
                survivors.append(mutant.change(original))
                print(f"  {path}:{survivors[-1]}", flush=True)
        print(f"{path}: {count - len(survivors)} of {count} noticed; {cpu_seconds():.0f} s of CPU so far", flush=True)


if __name__ == "__main__":
    main()
