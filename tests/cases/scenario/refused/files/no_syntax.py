def handler(event, context)  ### handler-syntax: is not valid Python
    return event
