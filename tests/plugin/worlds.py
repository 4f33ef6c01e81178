"""Policies and definitions that the tests of worlds share."""

from __future__ import annotations

ACCOUNT = "111122223333"


def trust(principal):
    """A trust policy that lets a principal in."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def allow(action, resource="*"):
    """A policy that allows one action."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}


def wait(seconds):
    """A definition that waits."""
    return {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": seconds, "End": True}}}
