"""Values held against each other: what differs, what is like what, what a JSON Schema says."""
