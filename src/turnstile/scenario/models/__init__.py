"""The shape of scenario files: pydantic models, one file for each part of the notation. They know no world."""
