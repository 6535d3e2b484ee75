import pytest
from strawberry.extensions import MaskErrors

from sam2_lit.server.strawberry_private import check_strawberry, missing_parts


def test_the_installed_strawberry_has_every_part() -> None:
    assert missing_parts() == []


def test_a_strawberry_that_lacks_a_part_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(MaskErrors, "anonymise_error")

    with pytest.raises(ImportError, match=r"strawberry-graphql [\d.]+ has no MaskErrors.anonymise_error, which"):
        check_strawberry()
