"""The page of integrations is made from the tables."""

from __future__ import annotations

from scripts.integrations_page import TARGET, page

from turnstile.jobs.table import JOBS


def test_the_page_is_current():
    """`scripts/integrations_page.py` renews it."""
    assert TARGET.read_text(encoding="utf-8") == page()


def test_the_page_has_every_job():
    """One line each."""
    lines = page().partition("## Jobs")[2].splitlines()
    assert sum(line.startswith("| `") for line in lines) == len(JOBS)
