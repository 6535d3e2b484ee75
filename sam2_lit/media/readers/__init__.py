"""Frames of a video by index, whatever it is stored as."""
