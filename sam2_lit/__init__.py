"""SAM 2 that learns from every correction while you work."""

import os

# Threads that PyTorch's operators share wait for each other by spinning, for milliseconds: beside other programs that
# takes the cores from what is waited for. libgomp reads this when PyTorch is loaded, so it comes before all else.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
