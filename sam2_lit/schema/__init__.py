"""The GraphQL schema. Knows no HTTP, and imports no torch."""

from sam2_lit.schema.schema import schema

__all__ = ["schema"]
