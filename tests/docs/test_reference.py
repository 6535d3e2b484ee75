"""The reference pages say what the code says."""

import runpy

import pytest
from graphql import GraphQLObjectType, build_schema, parse, validate

from sam2_lit.errors import ErrorCode
from sam2_lit.records.exports import ExportFormat
from sam2_lit.records.imports import ImportFormat, MismatchKind
from sam2_lit.schema import schema
from tests.docs.pages import PAGES, ROOT, DocumentationPage

SCHEMA = build_schema(schema.as_str())
API = DocumentationPage(ROOT / "docs" / "api.md")
EXPORTS = DocumentationPage(ROOT / "docs" / "exports.md")
IMPORTS = DocumentationPage(ROOT / "docs" / "imports.md")


def first_columns(page: DocumentationPage) -> str:
    return " ".join(line.split(" | ")[0] for line in page.text.splitlines() if line.startswith("| "))


def test_the_page_of_settings_is_what_its_script_prints() -> None:
    printed = runpy.run_path(str(ROOT / "scripts" / "settings-page"))["page"]()

    assert (ROOT / "docs" / "settings.md").read_text() == printed, (
        "a setting has changed: run .venv/bin/python scripts/settings-page > docs/settings.md"
    )


@pytest.mark.parametrize("root", ["Query", "Mutation", "Subscription"])
def test_the_page_of_the_api_lists_every_operation(root: str) -> None:
    operations = SCHEMA.type_map[root]
    assert isinstance(operations, GraphQLObjectType)

    assert [name for name in operations.fields if f"`{name}`" not in first_columns(API)] == []


def test_the_page_of_the_api_lists_every_error_code() -> None:
    assert [code for code in ErrorCode if f"`{code}`" not in first_columns(API)] == []


def test_the_page_of_exports_lists_every_format() -> None:
    assert [format for format in ExportFormat if f"`{format}`" not in first_columns(EXPORTS)] == []


def test_the_page_of_imports_lists_every_format_and_mismatch() -> None:
    assert [each for each in (*ImportFormat, *MismatchKind) if f"`{each}`" not in first_columns(IMPORTS)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_operation_that_is_shown_is_valid(page: DocumentationPage) -> None:
    documents = [parse(block) for block in page.blocks("graphql")]

    assert [error.message for document in documents for error in validate(SCHEMA, document)] == []
