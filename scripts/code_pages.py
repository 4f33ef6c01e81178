"""Write docs/codes from the table of codes: `python scripts/code_pages.py`. A test holds the two together."""

from __future__ import annotations

from pathlib import Path

from turnstile.report.codes import pages


def main() -> None:
    """Write every page, and remove those of codes that are gone."""
    folder = Path(__file__).parent.parent / "docs" / "codes"
    made = dict(pages())
    for file in folder.glob("*.md"):
        if file.name not in made:
            file.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
