"""What a case expects, and how it is held against what came out."""
