def handler(event, context):
    return {"id": event.get("id"), "checked": True}
