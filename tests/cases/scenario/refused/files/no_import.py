import no_such_library_at_all ### handler-import: no_such_library_at_all


def handler(event, context):
    return event
