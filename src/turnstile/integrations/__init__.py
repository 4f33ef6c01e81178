"""How a Task becomes API calls: resources, parameter and result shapes, error names.

One file per service family. An integration makes calls through the gate that it is handed; it knows neither policies
nor backends, and it records no events (`states.task` does). Facts: reference/integrations.json, integrations.md.
"""
