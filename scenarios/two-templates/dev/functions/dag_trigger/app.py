"""Starts a DAG of Amazon MWAA: asks for a token of the Airflow command line, and builds the command.

On AWS the command then goes to the web server of the environment, outside of any AWS API.
"""

import json
import os

import boto3

mwaa = boto3.client("mwaa")


def lambda_handler(event, context):
    if event["environment"] != os.environ["ENVIRONMENT"]:
        raise LookupError(f"no environment {event['environment']} in this account")
    token = mwaa.create_cli_token(Name=event["environment"])
    return {
        "host": token["WebServerHostname"],
        "command": f"dags trigger {event['dag']} --conf '{json.dumps(event['conf'])}'",
    }
