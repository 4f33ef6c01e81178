"""What stands behind the gate: services that perform calls which were allowed.

A backend never judges. `moto` keeps the resources of the fake accounts; STS, IAM and Lambda are ours.
"""
