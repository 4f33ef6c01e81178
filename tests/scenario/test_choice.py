from __future__ import annotations

import pytest

from turnstile.scenario.running.choice import ALL, Choice, Share
from turnstile.scenario.running.keyword import Keyword

NAMES = tuple("abcdefg")


@pytest.mark.parametrize("of", [1, 2, 3, 7, 9])
def test_parts_are_neighbours_and_make_a_whole(of):
    """Parts of a file, one after the other, are the file."""
    parts = [Choice(part=Share(index, of)).of(NAMES, str) for index in range(of)]
    assert tuple(name for part in parts for name in part) == NAMES


@pytest.mark.parametrize("of", [1, 2, 3, 9])
def test_shards_have_each_case_once(of):
    """Nothing runs twice, and nothing is left out."""
    shards = [Choice(shard=Share(index, of)).of(NAMES, str) for index in range(of)]
    assert sorted(name for shard in shards for name in shard) == list(NAMES)
    assert max(map(len, shards)) - min(map(len, shards)) <= 1


def test_everything_narrows():
    """Names, expressions and shares hold together."""
    choice = Choice(keyword=Keyword("not c"), names=frozenset("bcdx"), shard=Share(1, 2))
    assert (choice.of(NAMES, str), ALL.of(NAMES, str)) == (("d",), NAMES)
