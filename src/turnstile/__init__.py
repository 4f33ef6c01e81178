"""Turnstile runs AWS Step Functions workflows that cross accounts, on one machine."""
