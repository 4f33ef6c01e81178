"""From an operation and its parameters to permissions: what the policies are asked about a call.

One file for each family of services with peculiarities, whose `ROWS` are by operation; `listed` knows all other
operations by the table of IAM actions, `unlisted` those that are not in the table. Nothing here judges.

Facts: reference/iam-actions.md.
"""
