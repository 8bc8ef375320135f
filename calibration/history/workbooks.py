"""Excel workbooks: their sheets, and the rows of one as texts."""

import datetime
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twin.errors import InputError

EXCEL_LIMIT = 500_000_000  # [bytes] unpacked
EXCEL_ROWS, EXCEL_CELLS = 1_048_576, 30_000_000  # a row number or a column may lie far from the one before


def sheet_names(path: Path) -> list[str]:
    """Names of the sheets of cells that are not hidden (of all, if all are), in their order.

    Raises
    ------
    InputError
        If the file is no workbook, damaged or too large, or openpyxl is not installed.
    """
    shown, hidden = sheets(path)
    return shown or hidden


def sheets(path: Path) -> tuple[list[str], list[str]]:
    """Names of the sheets of cells that are shown, and of those that are hidden; raises as `sheet_names`."""
    with _workbook(path) as book:
        shown = [page.title for page in book.worksheets if page.sheet_state == "visible"]
        return shown, [page.title for page in book.worksheets if page.sheet_state != "visible"]


def sheet_rows(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of a sheet with their numbers, cells as text.

    Raises
    ------
    InputError
        As `sheet_names`; if there is no such sheet, or it is too large.
    """
    with _workbook(path) as book:
        names = [page.title for page in book.worksheets]
        if sheet not in names:
            raise InputError(f'{path.name}: the mapping\'s file.sheet is "{sheet}", must be one of {names}')
        n_cells, n_characters = 0, 0
        for number, row in enumerate(book[sheet].iter_rows(values_only=True), 1):
            cells = [as_text(cell) for cell in row]
            n_cells += len(cells)
            n_characters += sum(map(len, cells))  # a long text may stand in the file once, and in many cells
            if number > EXCEL_ROWS or n_cells > EXCEL_CELLS or n_characters > EXCEL_LIMIT:
                raise InputError(
                    f"{path.name}: the sheet is too large, must have at most {EXCEL_ROWS:,} rows, "
                    f"{EXCEL_CELLS:,} cells and {EXCEL_LIMIT // 1_000_000} MB of text"
                )
            yield number, cells


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    try:
        import openpyxl
    except ImportError:
        raise InputError(
            f"{path.name}: Excel needs openpyxl, which is not installed: pip install 'caring-twin[excel]', "
            "or save the sheet as CSV"
        ) from None
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(item.file_size for item in archive.infolist())
            is_book = any(item.filename.startswith("xl/") for item in archive.infolist())
        if size > EXCEL_LIMIT:
            raise InputError(f"{path.name}: unpacks to {size / 1e6:.0f} MB, must be below {EXCEL_LIMIT / 1e6:.0f} MB")
        if not is_book:
            raise InputError(f"{path.name}: is a ZIP archive of other files, must be unpacked")
        yield openpyxl.load_workbook(path, read_only=True, data_only=True)
    except InputError:
        raise
    except Exception as error:  # openpyxl raises many kinds (KeyError, ValueError, zlib.error ...) on damaged files
        raise InputError(f"{path.name}: is not a readable Excel file ({type(error).__name__})") from None


def as_text(value: Any) -> str:
    """A typed cell as the text that a CSV with a decimal point and ISO dates would hold."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, datetime.timedelta):
        return f"{value.total_seconds():.10g} s"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return encodable(str(value).strip())


def encodable(cell: str) -> str:
    """Without lone surrogates, which some encodings let through and Arrow refuses."""
    return cell if cell.isascii() else cell.encode("utf-8", "replace").decode("utf-8")
