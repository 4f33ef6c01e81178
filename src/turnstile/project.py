"""The project that a user's files belong to, and symbolic links that lead out of it.

The project is the nearest folder above with a `.git` in it, else the folder itself. Whoever writes `../other` says so;
a link says nothing, so one that leads elsewhere is refused. Knows folders, and nothing of what is in files.
"""

from __future__ import annotations

import os
from pathlib import Path


def project_of(folder: Path) -> Path:
    """The project that a folder belongs to."""
    here = folder.absolute()
    return next((above for above in (here, *here.parents) if (above / ".git").exists()), folder)


def leads_out(path: Path, project: Path) -> bool:
    """A path that is written as one inside the project ends outside, by a symbolic link.

    Raises:
        OSError: the links go in a circle.
    """
    written = Path(os.path.normpath(path.absolute()))
    if not written.is_relative_to(os.path.normpath(project.absolute())):
        return False
    try:
        return not path.resolve().is_relative_to(project.resolve())
    except RuntimeError as error:  # what Python before 3.13 says of a circle
        raise OSError("the links go in a circle") from error
