"""Reads one page of a query's rows, by their sequence."""

from typing import Any

from sqlalchemy import Column, Connection, Row, Select

from sam2_lit.records.pages import PageRequest


def read_page(
    connection: Connection, query: Select[Any], sequence: Column[int], request: PageRequest
) -> tuple[list[Row[Any]], bool, bool]:
    """The rows of a page in rising order of `sequence`, and whether `query` has rows before and after them.

    Rows that are inserted or deleted meanwhile move no other row to another page: a page is bounded by values of
    `sequence`, which is read through an index, not by a count of rows to skip.
    """
    within = query
    if request.after is not None:
        within = within.where(sequence > request.after)
    if request.before is not None:
        within = within.where(sequence < request.before)
    from_the_end = request.first is None and request.last is not None
    ordered = within.order_by(sequence.desc() if from_the_end else sequence)
    rows = list(connection.execute(ordered.limit(request.last if from_the_end else request.first)))
    if from_the_end:
        rows.reverse()
    elif request.last is not None:
        rows = rows[max(0, len(rows) - request.last) :]

    def any_row(*which: Any) -> bool:
        found = query.with_only_columns(sequence, maintain_column_froms=True).where(*which).limit(1)
        return connection.execute(found).first() is not None

    if rows:
        return rows, any_row(sequence < rows[0].sequence), any_row(sequence > rows[-1].sequence)
    has_previous = request.after is not None and any_row(sequence <= request.after)
    has_next = request.before is not None and any_row(sequence >= request.before)
    return rows, has_previous, has_next
