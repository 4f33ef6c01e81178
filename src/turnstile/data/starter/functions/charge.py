"""The function of the payments team."""


def handler(event, context):
    """Charge the amount of an order."""
    return {"order": event["order"], "charged": event["amount"]}
