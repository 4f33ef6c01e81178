"""Names the tables of a client."""


def lambda_handler(event, context):
    return [f"{event['client']}_{table}" for table in ("customers", "orders")]
