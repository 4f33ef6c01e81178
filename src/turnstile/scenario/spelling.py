"""Suggestions for misspelt words of scenario files, as `turnstile.spelling` makes them."""

from turnstile.spelling import hint, nearest

__all__ = ["hint", "nearest"]
