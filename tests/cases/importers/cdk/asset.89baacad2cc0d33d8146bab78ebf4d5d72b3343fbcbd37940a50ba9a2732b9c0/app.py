"""Starts a report; a directory that the CDK packs as an asset."""


def lambda_handler(event, context):
    return {"report": event["report"], "state": "queued"}
