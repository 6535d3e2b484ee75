"""Benchmarks, each measured with its reference in the same run."""
