"""Zip archives with a function's code or a layer: looked at before anything is written, then unpacked into a folder.

An archive comes from anywhere, so no entry may leave the folder, be a link, or grow beyond Lambda's quota. Limits:
Lambda quotas, "Deployment package size"; what else is refused is ours.
"""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 262_144_000
"""Bytes that code and layers may have when unpacked."""
_MOST_ENTRIES = 50_000
_ENCRYPTED = 0x1


class BadArchive(Exception):  # noqa: N818 - says what is bad; whose error it becomes depends
    """The archive is refused: `reason` in words of ours, `too_large` when it is for the quota."""

    def __init__(self, reason: str, *, too_large: bool = False) -> None:
        self.reason = reason
        self.too_large = too_large
        super().__init__(reason)


def entries(data: bytes) -> tuple[zipfile.ZipInfo, ...]:
    """The files in an archive.

    Raises:
        BadArchive: it is none, or holds what may not be unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = tuple(archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
        raise BadArchive("it is not a zip archive") from None
    if len(found) > _MOST_ENTRIES:
        raise BadArchive(f"it has more than {_MOST_ENTRIES:,} entries", too_large=True)
    for entry in found:
        if reason := _refused(entry):
            raise BadArchive(reason)
    size = sum(entry.file_size for entry in found)
    if size > LARGEST:
        raise BadArchive(f"unpacked it has {size:,} bytes; Lambda takes {LARGEST:,}", too_large=True)
    return tuple(entry for entry in found if not entry.is_dir())


def _refused(entry: zipfile.ZipInfo) -> str:
    name = entry.orig_filename
    path = PurePosixPath(name)
    if path.is_absolute() or name[1:2] == ":" or "\\" in name:
        return f"its entry `{name}` has an absolute path"
    if ".." in path.parts:
        return f"its entry `{name}` leads out of the archive by `..`"
    if not name or "\0" in name:
        return "it has an entry without a usable name"
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return f"its entry `{name}` is a symbolic link" if kind == stat.S_IFLNK else f"its entry `{name}` is no file"
    return f"its entry `{name}` is encrypted" if entry.flag_bits & _ENCRYPTED else ""


def unpack(data: bytes, folder: Path) -> None:
    """Write the files of an archive below a folder, which is made; no more bytes than each entry says.

    Raises:
        BadArchive: see `entries`; or an entry is damaged.
    """
    found = entries(data)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in found:
                place = folder / PurePosixPath(entry.filename)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(archive.read(entry))
                if entry.external_attr >> 16 & stat.S_IXUSR:
                    place.chmod(0o755)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        reason = "two of its entries have one path" if isinstance(error, OSError) else "an entry of it is damaged"
        raise BadArchive(reason) from None
    except Exception as error:
        if type(error).__module__ in ("zlib", "lzma", "_lzma"):
            raise BadArchive("an entry of it is damaged") from None
        raise


def packed(files: dict[str, str]) -> bytes:
    """An archive of these texts, the same bytes for the same texts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return written.getvalue()
