"""Sessions on many GPUs and machines: fronts that answer requests, and workers that track."""
