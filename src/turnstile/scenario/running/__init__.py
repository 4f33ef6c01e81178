"""One case in its world: staged, acted upon, told as a part of a report."""
