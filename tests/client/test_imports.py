import subprocess
import sys


def test_importing_the_client_imports_nothing_of_the_server() -> None:
    script = "import sys, sam2_lit.client; print({'torch', 'sam2', 'strawberry', 'starlette'} & sys.modules.keys())"

    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert printed == "set()\n"
