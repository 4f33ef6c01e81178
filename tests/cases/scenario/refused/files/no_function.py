def handle(event, context):  ### handler-not-found: has no function `handler`
    return event
