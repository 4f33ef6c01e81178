"""Random UUIDs that follow a seed. Written out here because the library of that name asks which system it runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_FREE = (1 << 128) - 1 ^ 0xF << 76 ^ 0x3 << 62
_VERSION_4 = 0x4 << 76 | 0x2 << 62
"""Version and variant (RFC 9562, section 5.4)."""


def uuid4(random: Random) -> str:
    """A UUID of version 4 with the next 128 bits of a random source."""
    text = f"{random.getrandbits(128) & _FREE | _VERSION_4:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
