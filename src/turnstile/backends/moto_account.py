"""The environment variable by which moto would have one account for all.

It loads nothing of moto, for worlds whose resources a server keeps.
"""

from __future__ import annotations

import os

from turnstile.faults import Fault, Rejected, Where

_VARIABLE = "MOTO_ACCOUNT_ID"


def refuse_one_account() -> None:
    """Make sure that accounts stay apart.

    Raises:
        Rejected: the variable is set.
    """
    if _VARIABLE in os.environ:
        text = f"`{_VARIABLE}` is set to `{os.environ[_VARIABLE]}`: all accounts would be that one"
        raise Rejected([Fault(Where("<environment>"), "moto-account-id", text, f"run without it: `unset {_VARIABLE}`")])
