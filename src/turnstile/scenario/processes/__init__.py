"""Cases side by side in several processes, and their parts put together."""
