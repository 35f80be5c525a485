"""Papers people send: told apart by what is in them, never by their name.

A photograph of a paper is redrawn like any picture. A PDF is kept as it came, because a ticket is evidence; it is
refused when it is locked or carries a program or another file, and is only ever handed out as a download.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import IO

from collection.documents.pictures import MOST_BYTES, PictureRefusedError, redraw

PDF, JPEG = "application/pdf", "image/jpeg"
# The header may stand a little into the file, the end mark a little before its end (ISO 32000, annex H).
_HEAD, _TAIL = 1024, 4096
_LOCKED = re.compile(rb"/Encrypt\b")
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)\b")
_UNFIT_FOR_A_NAME = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*]+")
LONGEST_NAME = 120


class PaperRefusedError(ValueError):
    """A file that cannot be kept as a paper. The message names it and the way out."""


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A file fit to keep. `thumbnail` is a JPEG, empty for a PDF; `sha256` is of `content`."""

    name: str
    media_type: str
    content: bytes
    thumbnail: bytes = b""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read_paper(file: IO[bytes], name: str) -> PaperFile:
    """The paper in `file`. Raises PaperRefusedError with the sentence to show."""
    safe = safe_name(name)
    shown = f"“{safe[:60]}”"
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if not size:
        raise PaperRefusedError(f"{shown} is empty. Choose the file again")
    if size > MOST_BYTES:
        raise PaperRefusedError(
            f"{shown} is {size / 1_000_000:.0f} MB. Each paper must be smaller than "
            f"{MOST_BYTES // 1_000_000} MB; scan it in black and white or at a lower resolution"
        )
    head = file.read(_HEAD)
    file.seek(0)
    if b"%PDF-" in head:
        return _pdf(file.read(), safe, shown)
    try:
        picture = redraw(file, safe)
    except PictureRefusedError as refused:
        if "not a photo we can read" in str(refused):
            raise PaperRefusedError(
                f"{shown} is neither a PDF nor a photo we can read. Save it as a PDF, or photograph it"
            ) from refused
        raise PaperRefusedError(str(refused)) from refused
    return PaperFile(_with_ending(safe, ".jpg"), JPEG, picture.jpeg, picture.thumbnail)


def safe_name(name: str) -> str:
    """What a file may be called on any computer: no folders, no control characters, not too long."""
    last = re.split(r"[/\\]", name)[-1]
    clean = _UNFIT_FOR_A_NAME.sub("", last).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if dot and len(clean) > LONGEST_NAME:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"[:LONGEST_NAME]
    return clean[:LONGEST_NAME] or "paper"


def _pdf(content: bytes, name: str, shown: str) -> PaperFile:
    if b"%%EOF" not in content[-_TAIL:]:
        raise PaperRefusedError(f"{shown} is cut short and cannot be opened. Choose the file again")
    if _LOCKED.search(content):
        raise PaperRefusedError(
            f"{shown} is locked with a password, so nobody else could read it. Save it without one"
        )
    if _ACTIVE.search(content):
        raise PaperRefusedError(
            f"{shown} carries a program or another file inside. Print it to a new PDF and send that"
        )
    return PaperFile(_with_ending(name, ".pdf"), PDF, content)


def _with_ending(name: str, ending: str) -> str:
    if name.lower().endswith(ending):
        return name
    stem = name.rpartition(".")[0] or name
    return f"{stem[: LONGEST_NAME - len(ending)]}{ending}"
