"""A worker."""


def handler(event, context):
    return event
