"""Prepares the tables of a new client: marks them as ready in the onboarding register.

The register is an in-memory SQLite database here; on AWS the same statements go to RDS.
"""

import sqlite3


def lambda_handler(event, context):
    conf = event["mwaa_dag_conf"]
    register = sqlite3.connect(":memory:")
    register.execute("CREATE TABLE onboarding (client TEXT, name TEXT, state TEXT)")
    rows = [(conf["client"], table, "new") for table in conf["tables"]]
    register.executemany("INSERT INTO onboarding VALUES (?, ?, ?)", rows)
    updated = register.execute("UPDATE onboarding SET state = 'ready' WHERE state = 'new'").rowcount
    ready = register.execute("SELECT name FROM onboarding WHERE state = 'ready' ORDER BY name").fetchall()
    register.close()
    return {"updated": updated, "ready": [name for (name,) in ready]}
