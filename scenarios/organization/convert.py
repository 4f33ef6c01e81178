"""Converts an order to the currency of the books; the rate is fixed, so that the answer is always the same."""

RATE = 1.25


def lambda_handler(event, context):
    return {"order": event["order"], "amount": event["amount"] * RATE}
