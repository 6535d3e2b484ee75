"""Checks what only a GPU can show, and measures it: `scripts/gpu-check --out FOLDER`."""
