"""ASGI middleware, one concern for each module."""
