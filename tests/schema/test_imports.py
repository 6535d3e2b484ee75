import subprocess
import sys

import pytest


@pytest.mark.parametrize("library", ["torch", "starlette", "uvicorn"])
def test_importing_the_schema_does_not_import(library: str) -> None:
    script = f"import sys, sam2_lit.schema; print({library!r} in sys.modules)"

    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert printed == "False\n"
