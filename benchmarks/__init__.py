"""How fast and how small: workloads with targets, measured in CPU seconds on one core.

`python -m benchmarks.run` (or `make bench`) prints the table. Each family of workloads is a file that builds state
machines as data; `workload` says what a workload is, `job` runs one machine and checks what came out. Nothing here
knows more of the product than its public names: a workload that the product refuses is reported as not supported.
"""
