"""SAM 2 that learns from every correction while you work."""
