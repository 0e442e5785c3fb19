"""The page with the measured results. Each program writes the part between its own markers."""

from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"


def write_between(begin: str, end: str, text: str, page: Path = PAGE) -> None:
    """Replace the text between two markers of the page."""
    before, _, rest = page.read_text().partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}")
