"""Scenario files written for a definition or a template, for `turnstile init`."""
