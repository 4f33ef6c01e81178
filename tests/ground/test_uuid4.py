"""UUIDs are those of the standard library for the same random source."""

from __future__ import annotations

import random
import uuid

import pytest

from turnstile.uuid4 import uuid4


@pytest.mark.parametrize("seed", range(50))
def test_a_uuid_follows_the_seed(seed):
    """Version and variant stand where they belong."""
    expected = uuid.UUID(int=random.Random(seed).getrandbits(128), version=4)
    assert uuid4(random.Random(seed)) == str(expected)
