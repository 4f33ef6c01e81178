"""Scenario files: a world, the state machines in it, and cases that say how each execution must end.

`file` is the format, `load` reads a file and gives a `Scenario` or every fault of it, `stage` builds the world of a
case, `run` runs cases, `expect` compares. The room knows what users write; it decides no call and interprets no state.
"""
