"""The GraphQL schema, and nothing else."""

from sam2_lit.schema.schema import schema

__all__ = ["schema"]
