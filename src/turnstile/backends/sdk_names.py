"""Names as the AWS SDK for Java v2 makes them from service models, which is how Tasks of SDK integrations write them.

Pure rules over words. That Step Functions names services, members and errors so is documented for members
(`EqualsValue`, plurals) and recorded for some (`ETag`, `ChecksumCRC32`, `S3.NoSuchKeyException`); the prefixes of all
350 services that the guide lists follow from the same rule (reference/integrations.json, sdk and casing). The rest is
*inferred*: `Nul`, `Bool`, errors whose shape ends in `Fault`.
"""

from __future__ import annotations

import re

_RESERVED = frozenset(
    {
        "abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "const", "continue",
        "default", "do", "double", "else", "enum", "extends", "false", "final", "finally", "float", "for", "goto", "if",
        "implements", "import", "instanceof", "int", "interface", "long", "native", "new", "null", "package", "private",
        "protected", "public", "return", "short", "static", "strictfp", "super", "switch", "synchronized", "this",
        "throw", "throws", "transient", "true", "try", "void", "volatile", "while",
        "build", "builder", "equals", "getClass", "hashCode", "notify", "notifyAll", "toBuilder", "toString", "wait",
    }
)  # fmt: skip
"""Words of the language and methods of every class, which no member can be called."""

_RENAMED = {"NULL": "Nul"}
"""Members to which the SDK gives a name by hand (DynamoDB)."""


def member(name: str) -> str:
    """The name of a member with a capital letter: `Md5OfMessageBody` of `MD5OfMessageBody`, `ETag` of `ETag`."""
    if name in _RENAMED:
        return _RENAMED[name]
    lowered = uncapitalized(name)
    if lowered in _RESERVED:
        lowered += "Value"
    return lowered[:1].upper() + lowered[1:]


def uncapitalized(name: str) -> str:
    """A name with a small beginning: the first letter, and capitals after it that no small letter follows."""
    end = 1
    while end < len(name) and name[end].isupper() and not name[end + 1 : end + 2].islower():
        end += 1
    return name[:end].lower() + name[end:]


def error(shape: str) -> str:
    """The class of an error: `NoSuchKeyException` of `NoSuchKey`, `DbQuotaException` of `DBQuotaFault`."""
    if shape.endswith("Exception"):
        return pascal(shape)
    return pascal(shape.removesuffix("Fault")) + "Exception"


def prefix(service_id: str) -> str:
    """What stands before the names of a service's errors; in small letters it is the service's name in a resource."""
    name = pascal(service_id)
    for owner in ("Amazon", "Aws"):
        name = name.removeprefix(owner)
    return name.removesuffix("Service")


def pascal(text: str) -> str:
    """The words of a text, each with one capital letter."""
    return "".join(word[:1].upper() + word[1:].lower() for word in _words(text))


def _words(text: str) -> list[str]:
    spaced = re.sub(r"[^A-Za-z0-9]+", " ", text)
    spaced = re.sub(r"([^a-z]{2,})v([0-9]+)", r"\1 v\2 ", spaced)  # versions are words: `SESv2`
    spaced = re.sub(r"([^A-Z]{2,})V([0-9]+)", r"\1 V\2 ", spaced)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z][a-zA-Z0-9])", " ", spaced)
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", spaced)
    return re.sub(r"([0-9])([a-zA-Z])", r"\1 \2", spaced).split()
