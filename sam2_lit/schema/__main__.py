"""Prints the schema as built: `python -m sam2_lit.schema > sam2_lit/schema/schema.graphql`.

The printed file is part of the package. `sam2-lit schema` shows it without importing Strawberry, and the types of the
page's operations are generated from it.
"""

from sam2_lit.schema.schema import schema

if __name__ == "__main__":
    print(schema.as_str())
