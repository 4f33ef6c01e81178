"""The resource types of templates, a service or two per file: each file has its `KINDS` by type."""
