import boto3


def lambda_handler(event, context):
    sqs = boto3.client("sqs")
    return {"sent": bool(sqs.send_message(QueueUrl=event["url"], MessageBody="hello")["MessageId"])}
