def handler(event, context):
    return {"client": event.get("client", ""), "charged": event["order"]}
