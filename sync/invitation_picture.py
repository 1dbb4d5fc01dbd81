# SPDX-License-Identifier: EUPL-1.2
"""An invitation as a picture: ODK's QR code in a screenshot, a scan or a photo of a screen.

Pictures come from anywhere: what one may cost is limited before its pixels are unpacked.
"""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from sync.errors import AccessError, BadInvitation
from sync.invitation import Invitation, parse_invitation

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp")
MAX_BYTES = 25_000_000
MAX_PIXELS = 64_000_000  # a phone's photo has 12 to 50 million
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
# Codes are found in less than this, and a photo of a screen has more moiré than detail beyond it.
_SIDE = 4000
_DECODING_ERRORS = (OSError, SyntaxError, ValueError, EOFError, LookupError, MemoryError, struct.error, zlib.error)


def read_picture_file(path: Path) -> Invitation:
    """Return the invitation of a picture file, as `read_picture`; OSError if the file cannot be read."""
    with path.open("rb") as file:
        return read_picture(file.read(MAX_BYTES + 1))


def read_picture(content: bytes) -> Invitation:
    """Return the one invitation that a picture (PNG, JPEG, GIF, BMP or WebP) shows.

    BadInvitation says what is wrong: "picture too large", "not a picture", "damaged picture", "no code",
    "foreign code", "several codes", or what `parse_invitation` finds missing in a code of ODK; InsecureAddress as
    there. A second for the largest pictures: not for the window's thread.
    """
    if len(content) > MAX_BYTES:
        raise BadInvitation("picture too large")
    found: set[Invitation] = set()
    troubles: list[AccessError] = []
    for text in _texts(_open(content)):
        try:
            found.add(parse_invitation(text))
        except AccessError as error:
            troubles.append(error)
    if len(found) == 1:
        return found.pop()
    if found:
        raise BadInvitation("several codes")
    raise _telling(troubles)


def _telling(troubles: list[AccessError]) -> AccessError:
    """Return the trouble that a person can act on: that of a code which is ODK's, before those of any other code."""
    if not troubles:
        return BadInvitation("no code")
    foreign = {"no address", "no token", "code", "empty"}
    ours = [one for one in troubles if not (isinstance(one, BadInvitation) and one.cause in foreign)]
    return ours[0] if ours else BadInvitation("foreign code")


def _open(content: bytes) -> Image:
    """Return the picture in grey, not much larger than codes need."""
    from PIL import Image, UnidentifiedImageError

    try:
        picture: Image.Image = Image.open(io.BytesIO(content), formats=_FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise BadInvitation("picture too large")
        # A JPEG can be unpacked in grey and at a fraction of its size: a large photo then costs a tenth of the memory.
        picture.draft("L", (_SIDE, _SIDE))
        return _grey(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadInvitation("picture too large") from None
    except UnidentifiedImageError:
        raise BadInvitation("not a picture") from None
    except _DECODING_ERRORS:
        raise BadInvitation("damaged picture") from None


def _grey(picture: Image) -> Image:
    if not picture.has_transparency_data:
        return picture.convert("L")
    from PIL import Image

    over = picture if picture.mode in {"RGBA", "LA"} else picture.convert("RGBA")
    page = Image.new("L", over.size, "white")  # what shines through is white, as on a page
    page.paste(over.convert("L"), mask=over.getchannel("A"))
    return page


def _texts(picture: Image) -> list[str]:
    """Return what the QR codes of a picture say, whichever way they are turned, mirrored or inverted."""
    import zxingcpp

    kinds = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.QRCode,))
    return [code.text for code in zxingcpp.read_barcodes(picture, kinds, text_mode=zxingcpp.TextMode.Plain)]
