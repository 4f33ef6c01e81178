"""Pictures of definitions and accounts: what leads where, laid out here and drawn as SVG, Mermaid or DOT.

Knows documents and values of reports; it measures no fonts and runs nothing.
"""
