# SPDX-License-Identifier: EUPL-1.2
"""Makes docs/pictures/ from a tour: `python tools/pictures.py build/tour`, after `make tour`.

The README's pictures are the window's own; here they only become small (256 colours, no dithering).
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image  # noqa: TID253 - the whole of this tool is about pictures

ROOT = Path(__file__).resolve().parents[1]
LARGEST = 200_000
WINDOWS = {
    "home": "home-light",
    "section": "section-light",
    "results": "results-light",
    "results-dark": "results-dark",
    "budget": "application-budget-light",
    "outbox": "outbox-offline-light",
    "guide": "guide-light",
    "returned": "returned-light",
    "correction": "correction-dark",
}
PAGES = ("diagnostic-blank", "diagnostic-report", "application")
PAGE_HEIGHT = 760


def main(tour: Path) -> int:
    """Write the pictures; return 1 if one stays too large for a page that people load over a slow line."""
    out = ROOT / "docs" / "pictures"
    out.mkdir(parents=True, exist_ok=True)
    for name, source in WINDOWS.items():
        with Image.open(tour / "pictures" / f"{source}.png") as picture:
            _keep(picture.convert("RGB"), out / f"{name}.png")
    _keep(_side_by_side([_first_page(tour / "pages" / f"{name}.pdf") for name in PAGES]), out / "paper.png")
    too_large = [path.name for path in out.iterdir() if path.stat().st_size > LARGEST]
    return 1 if too_large else 0


def _keep(picture: Image.Image, path: Path) -> None:
    small = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def _first_page(path: Path) -> Image.Image:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        page = document[0]
        return page.render(scale=PAGE_HEIGHT / page.get_height()).to_pil().convert("RGB")
    finally:
        document.close()


def _side_by_side(pages: list[Image.Image]) -> Image.Image:
    gap = 24
    width = sum(page.width for page in pages) + gap * (len(pages) + 1)
    sheet = Image.new("RGB", (width, PAGE_HEIGHT + 2 * gap), "#d9ddd6")
    left = gap
    for page in pages:
        sheet.paste(page, (left, gap))
        left += page.width + gap
    return sheet


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
