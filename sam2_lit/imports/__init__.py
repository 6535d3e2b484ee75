"""Imports of masks from files of other programs, and from exports."""
