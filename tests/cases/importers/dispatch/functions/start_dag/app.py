def lambda_handler(event, context):
    return {"dag": event["dag"]}
