def handler(event, context)  ### handler-syntax: is not valid Python | correct the line; `NoSyntax` is declared
    return event
