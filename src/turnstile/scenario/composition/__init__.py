"""A scenario file as one document: what it includes and extends, its defaults and matrices, with every place kept."""
