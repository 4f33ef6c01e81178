"""What is known of jobs: the table of `.sync` integrations and the life of one job. Pure; it makes no calls."""
