"""Measures how many corrections LIT-LoRA saves, with a simulated user."""
