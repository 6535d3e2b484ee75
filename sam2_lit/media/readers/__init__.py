"""Frames of a video by index, from files and from folders of frames."""
