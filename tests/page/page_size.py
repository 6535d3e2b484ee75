"""Bytes that a first visit transfers: `python -m tests.page.page_size [URL]` prints them for a running server."""

import re
import sys

import httpx

DEFAULT_URL = "http://127.0.0.1:7263"


def transfer_size(http: httpx.Client) -> int:
    """The bodies of the page and of its assets, compressed as for a browser."""
    asset_paths = set(re.findall(r'(?:src|href)="(/[^"]+)"', http.get("/").text))
    return sum(_body_size(http, path) for path in ("/", *sorted(asset_paths)))


def _body_size(http: httpx.Client, path: str) -> int:
    with http.stream("GET", path, headers={"Accept-Encoding": "gzip, br"}) as answer:
        return sum(len(part) for part in answer.iter_raw())


def main() -> None:
    url = sys.argv[1] if len(sys.argv) > 1 else DEFAULT_URL
    with httpx.Client(base_url=url) as http:
        print(f"{transfer_size(http) / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
