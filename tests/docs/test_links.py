import pytest

from tests.docs.pages import PAGES, ROOT, DocumentationPage


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_to_a_heading_of_it(page: DocumentationPage) -> None:
    broken = []
    for link in page.links:
        target, _, anchor = link.partition("#")
        place = (page.path.parent / target).resolve() if target else page.path
        if not place.exists() or (anchor and anchor not in DocumentationPage(place).anchors):
            broken.append(link)

    assert broken == []


def test_the_index_names_every_page_of_the_folder() -> None:
    index = DocumentationPage(ROOT / "docs" / "README.md")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}

    assert pages - set(index.links) == set()


def test_the_readme_leads_to_every_page_in_two_steps() -> None:
    readme = DocumentationPage(ROOT / "README.md")
    from_readme = {(ROOT / link.partition("#")[0]).resolve() for link in readme.links}
    from_there = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in from_readme
        if page.suffix == ".md"
        for link in DocumentationPage(page).links
    }

    assert {page.path for page in PAGES} - from_readme - from_there - {readme.path} == set()
