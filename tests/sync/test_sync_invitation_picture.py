# SPDX-License-Identifier: EUPL-1.2
"""Invitations as pictures: the codes that people photograph, copy and send on, and all that is none."""

from __future__ import annotations

# ruff: noqa: TID253 (the import time of a test is nobody's first paint)
import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from sync import invitation_picture
from sync.errors import AccessError, BadInvitation, InsecureAddress
from sync.invitation import Invitation, qr_png
from sync.invitation_picture import read_picture, read_picture_file

TOKEN = "kT7$wq2Zr!Bn9LxV" * 4
OURS = Invitation("https://odk.example.org", 7, TOKEN, "GAL Culturalité")
OTHER = Invitation("https://odk.example.org", 8, TOKEN[::-1], "GAL Romana")


def code(invitation: Invitation = OURS, scale: int = 6) -> Image.Image:
    return Image.open(io.BytesIO(qr_png(invitation, scale))).convert("L")


def code_of(text: str) -> Image.Image:
    file = io.BytesIO()
    segno.make(text, micro=False).save(file, kind="png", scale=6)
    return Image.open(io.BytesIO(file.getvalue())).convert("L")


def saved(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def cause_of(content: bytes) -> str:
    with pytest.raises(BadInvitation) as caught:
        read_picture(content)
    assert TOKEN not in str(caught.value)
    return caught.value.cause


def screenshot(*pasted: tuple[Image.Image, tuple[int, int]], size: tuple[int, int] = (1920, 1080)) -> Image.Image:
    """Draw a desktop with windows, lines of text and small icons around the codes."""
    page = Image.new("RGB", size, "#2b4a6f")
    draw = ImageDraw.Draw(page)
    for left in range(0, size[0], 480):
        draw.rectangle((left + 20, 30, left + 440, size[1] - 60), fill="#f5f6f2", outline="#18201b", width=2)
        for top in range(60, size[1] - 80, 14):
            draw.line((left + 40, top, left + 100 + (left * 7 + top * top) % 320, top), fill="#47524a", width=6)
        draw.rectangle((left + 30, size[1] - 50, left + 70, size[1] - 10), outline="white", width=6)
    for picture, place in pasted:
        page.paste(picture, place)
    return page


def leaning(picture: Image.Image, depth: float) -> Image.Image:
    """Return the picture as a photo from beside: its right edge is lower by `depth` of its height, above and below."""
    page = ImageOps.expand(picture, border=picture.height // 2, fill=190)
    lean = -int(depth * page.height)
    corners = (0, 0, 0, page.height, page.width, page.height - lean, page.width, lean)
    return page.transform(page.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=190)


TAKEN: dict[str, Callable[[], bytes]] = {
    "drawn": lambda: qr_png(OURS),
    "one pixel a module": lambda: qr_png(OURS, scale=1),
    "JPEG at quality 30": lambda: saved(code(), "JPEG", quality=30),
    "blurred": lambda: saved(code().filter(ImageFilter.GaussianBlur(2))),
    "inverted, as in a dark theme": lambda: saved(ImageOps.invert(code())),
    "mirrored, as by a front camera": lambda: saved(ImageOps.mirror(code())),
    "from beside": lambda: saved(leaning(code(), 0.2)),
    "a pale print": lambda: saved(code().point(lambda grey: 150 + grey * 60 // 255)),
    "small in a large photo": lambda: saved(_small_in_a_photo(), "JPEG", quality=70),
    "in a screenshot": lambda: saved(screenshot((code(scale=3), (700, 400)))),
    "beside another code": lambda: saved(screenshot((code(), (60, 90)), (code_of("https://a.be"), (1000, 90)))),
    "twice": lambda: saved(screenshot((code(), (60, 90)), (code(scale=4), (1100, 500)))),
    "transparent": lambda: saved(_transparent()),
    "with a palette": lambda: saved(code().convert("P")),
    "black and white": lambda: saved(code().convert("1")),
    "CMYK": lambda: saved(code().convert("CMYK"), "JPEG"),
    "sixteen bits": lambda: saved(code().convert("I;16")),
    "GIF": lambda: saved(code(), "GIF"),
    "BMP": lambda: saved(code(), "BMP"),
    "WebP": lambda: saved(code(), "WEBP"),
    "turned by its EXIF": lambda: saved(code().rotate(90), "JPEG", exif=_turned()),
    "the link itself": lambda: saved(code_of(OURS.link)),
}  # fmt: skip


def _small_in_a_photo() -> Image.Image:
    photo = Image.effect_noise((4032, 3024), 30)
    photo.paste(code(scale=4).rotate(7, expand=True, fillcolor=255), (2500, 1700))
    return photo


def _transparent() -> Image.Image:
    ink = Image.new("RGBA", code().size, (0, 0, 0, 0))
    ink.paste((10, 30, 20, 255), mask=ImageOps.invert(code()))
    return ink


def _turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


@pytest.mark.parametrize("name", TAKEN)
def test_a_code_is_read(name: str) -> None:
    found = read_picture(TAKEN[name]())
    assert found.link == OURS.link
    assert found.project_name in {OURS.project_name, ""}


@pytest.mark.parametrize("degrees", [12, 45, 90, 137, 180, 270])
def test_a_code_is_read_whichever_way_it_is_turned(degrees: int) -> None:
    assert read_picture(saved(code().rotate(degrees, expand=True, fillcolor=255))) == OURS


@given(project=st.integers(1, 999_999), name=st.text(max_size=30), token=st.text("aZ9!$", min_size=64, max_size=64))
@settings(max_examples=15)
def test_what_is_drawn_is_read(project: int, name: str, token: str) -> None:
    invitation = Invitation("https://odk.example.org", project, token, name)
    assert read_picture(qr_png(invitation, scale=3)) == invitation


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not a picture"),
    "text": (OURS.link.encode, "not a picture"),
    "a PDF": (lambda: b"%PDF-1.7\n" + bytes(500), "not a picture"),
    "an SVG": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
    "a TIFF, which is not offered": (lambda: saved(code(), "TIFF"), "not a picture"),
    "a PNG of nothing": (lambda: b"\x89PNG\r\n\x1a\n", "not a picture"),
    "a PNG cut short": (lambda: qr_png(OURS)[:-300], "damaged picture"),
    "a JPEG cut short": (lambda: saved(code(), "JPEG")[:-4000], "damaged picture"),
    "a picture without a code": (lambda: saved(screenshot()), "no code"),
    "a picture too blurred": (lambda: saved(code().filter(ImageFilter.GaussianBlur(8))), "no code"),
    "half a code": (lambda: saved(code().crop((0, 0, 200, 414))), "no code"),
    "somebody else's code": (lambda: saved(code_of("https://www.example.org/menu")), "foreign code"),
    "a Wi-Fi code": (lambda: saved(code_of("WIFI:S:gal;T:WPA;P:secret;;")), "foreign code"),
    "a long code that is not ODK's": (lambda: saved(code_of("A" * 60)), "foreign code"),
    "two invitations": (lambda: saved(screenshot((code(), (60, 90)), (code(OTHER), (1000, 90)))), "several codes"),
    "a link without its project": (lambda: saved(code_of(OURS.link.partition("/projects")[0])), "no project"),
    "more bytes than a picture has": (lambda: bytes(invitation_picture.MAX_BYTES + 1), "picture too large"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_invitation_is_refused_with_its_cause(name: str) -> None:
    make, cause = REFUSED[name]
    assert cause_of(make()) == cause


def test_an_address_without_https_is_told_as_in_a_link() -> None:
    plain = Invitation("http://odk.example.org", 7, TOKEN)
    with pytest.raises(InsecureAddress):
        read_picture(qr_png(plain))
    with pytest.raises(InsecureAddress):
        read_picture(saved(screenshot((code(plain), (60, 90)), (code_of("https://a.be"), (1000, 90)))))


def bomb(width: int, height: int) -> bytes:
    """Write a PNG of some kilobytes that says it has `width` x `height` white pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compressobj(9)
    line = b"\0" + b"\xff" * (width // 8 + 1)
    data = b"".join(rows.compress(line) for _ in range(min(height, 20_000))) + rows.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(9_000, 9_000), (11_000, 10_000), (20_000, 20_000), (2_000_000_000, 2_000_000_000)])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    content = bomb(min(size[0], 20_000), 10) if size[0] < 100_000 else bomb(8, 8)
    content = content[:16] + struct.pack(">II", *size) + content[24:29]
    content += struct.pack(">I", zlib.crc32(content[12:29])) + bomb(8, 8)[33:]
    tracemalloc.start()
    try:
        assert cause_of(content) == "picture too large"
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_file_is_read_no_further_than_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "code.png"
    path.write_bytes(qr_png(OURS))
    assert read_picture_file(path) == OURS
    with path.open("wb") as sparse:
        sparse.truncate(20 * invitation_picture.MAX_BYTES)
    tracemalloc.start()
    try:
        with pytest.raises(BadInvitation, match="picture too large"):
            read_picture_file(path)
        assert tracemalloc.get_traced_memory()[1] < 3 * invitation_picture.MAX_BYTES
    finally:
        tracemalloc.stop()
    with pytest.raises(OSError, match="nowhere"):
        read_picture_file(tmp_path / "nowhere.png")
    with pytest.raises(OSError, match="directory"):
        read_picture_file(tmp_path)


SEEDS = [qr_png(OURS, 2), saved(code(scale=2), "JPEG", quality=50), saved(code(scale=2), "GIF"),
         saved(code(scale=2), "WEBP"), saved(code(scale=2), "BMP"), saved(_transparent())]  # fmt: skip


@pytest.mark.filterwarnings("ignore")  # Pillow remarks on what it still reads
@given(st.data())
@settings(max_examples=150)
def test_damaged_bytes_are_an_invitation_or_refused(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 12))):
        # Most of what decoders trip over is in the first bytes.
        last = data.draw(st.sampled_from([40, 400, len(content)])) - 1
        content[data.draw(st.integers(0, min(last, len(content) - 1)))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(len(content) // 2, len(content)))]
    try:
        assert read_picture(bytes(content)).token
    except AccessError as error:
        assert TOKEN not in str(error)  # noqa: PT017 - either is right
