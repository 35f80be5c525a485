"""Pictures people send, made safe: recognised by their content, redrawn, stripped of everything else.

A redrawn picture holds pixels only: no place, time, camera or name that a phone wrote into it, and nothing
hidden behind the picture. Dimensions are read from the header before any pixel is, so that a small file that
unpacks to gigabytes is refused for the price of its header.
"""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 15_000_000
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2048
THUMBNAIL_SIDE = 320
QUALITY = 85
LEAST_SIDE = 8


class PictureRefusedError(ValueError):
    """A file that cannot be kept as a picture. The message names it and the way out."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A redrawn picture and its thumbnail, both JPEG. `sha256` is of the redrawn bytes."""

    jpeg: bytes
    thumbnail: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.jpeg).hexdigest()


def redraw(file: IO[bytes], name: str) -> Picture:
    """The picture in `file`, redrawn. Raises PictureRefusedError with the sentence to show."""
    shown = f"“{name[:60]}”"
    image = _opened(file, shown)
    try:
        with warnings.catch_warnings():
            # Pillow warns of broken metadata, which is thrown away here.
            warnings.simplefilter("ignore")
            upright = ImageOps.exif_transpose(image)
            flat = _on_white(upright)
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as broken:
        raise PictureRefusedError(
            f"{shown} is damaged and cannot be read. Take the photo again or choose another file"
        ) from broken
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    small = flat.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Picture(_jpeg(flat), _jpeg(small), flat.width, flat.height)


def _opened(file: IO[bytes], shown: str) -> Image.Image:
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if size > MOST_BYTES:
        raise PictureRefusedError(
            f"{shown} is {size / 1_000_000:.0f} MB. Each photo must be smaller than "
            f"{MOST_BYTES / 1_000_000:.0f} MB; send it in a smaller size"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError as bomb:
        raise _too_many_pixels(shown) from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as unknown:
        raise PictureRefusedError(
            f"{shown} is not a photo we can read. Send a JPEG, PNG or WebP file"
        ) from unknown
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels(shown)
    if min(image.size) < LEAST_SIDE:
        raise PictureRefusedError(f"{shown} is too small to show anything. Take the photo again")
    return image


def _too_many_pixels(shown: str) -> PictureRefusedError:
    return PictureRefusedError(
        f"{shown} has more than {MOST_PIXELS // 1_000_000} million pixels. Send it in a smaller size"
    )


def _on_white(image: Image.Image) -> Image.Image:
    """RGB pixels in an image of their own; what was see-through becomes white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        seen = image.convert("RGBA")
        paper = Image.new("RGB", seen.size, "white")
        paper.paste(seen, mask=seen.getchannel("A"))
        return paper
    return image.convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    buffer = BytesIO()
    bare.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()
