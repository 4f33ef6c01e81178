"""Compares the answers of a test run with those that the bucket has on file; no call to AWS, only data in and out."""


def lambda_handler(event, context):
    expected = dict(line.split(",") for line in event["expected"].split())
    wrong = [name for name, answer in expected.items() if event["answers"].get(name) != answer]
    return {"compared": len(expected), "wrong": wrong}
