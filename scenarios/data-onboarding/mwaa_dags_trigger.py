"""Starts a DAG run: checks the request and answers with the record of the run.

On AWS the record comes back from the Airflow API; here it is made from the event alone, so that the same event always
gives the same answer.
"""

import os

REQUIRED = {"mwaa_env_name": str, "mwaa_dag_name": str, "mwaa_dag_conf": dict}


def lambda_handler(event, context):
    wrong = [name for name, kind in REQUIRED.items() if not isinstance(event.get(name), kind)]
    if wrong:
        raise ValueError(f"missing or of the wrong type: {', '.join(wrong)}")
    environment = event["mwaa_env_name"]
    if environment != os.environ["MWAA_ENVIRONMENT"]:
        raise LookupError(f"no environment {environment} in this account")
    conf = event["mwaa_dag_conf"]
    return {
        "dag_id": event["mwaa_dag_name"],
        "dag_run_id": f"onboarding__{conf['client']}",
        "state": "queued",
        "conf": conf,
    }
