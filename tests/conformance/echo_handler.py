"""The function of recordings that returns its event."""


def handler(event, _context):
    """Return the event."""
    return event
