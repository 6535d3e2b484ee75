"""Exports of a session's masks in common file formats."""
