import no_such_library_at_all ### handler-import: no_such_library_at_all | is declared in line


def handler(event, context):
    return event
