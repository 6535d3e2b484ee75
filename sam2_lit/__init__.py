"""SAM 2 that learns from every correction while you work."""

import os

# OpenMP's threads spin for milliseconds while they wait for each other, which takes cores from other programs and from
# the work that is waited for. libgomp reads this when torch is imported, so it is set first.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
