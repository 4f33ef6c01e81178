"""What a definition asks for, read off without running it: the borders its Tasks would meet, the roles they share.

Knows definitions, ARNs and declarations; no world, no policies, nothing that runs.
"""
