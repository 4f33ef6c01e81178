"""What a run found, as values, and their renderers.

A report reads what happened (histories, trails, decisions); it runs nothing and judges nothing.
"""
