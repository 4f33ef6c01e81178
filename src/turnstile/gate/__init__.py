"""The gate: every AWS call of the emulated world passes here, is judged, written down, and only then performed.

The gate knows who exists (`world`) and what policies mean (`iam`). It knows no workflow and no backend by name.
"""
