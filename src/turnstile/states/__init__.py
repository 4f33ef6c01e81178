"""The Step Functions service: registered machines, executions, and the interpreter that runs them.

It reaches everything else by calls through the gate: Lambda, STS and its own API for nested executions alike. It may
not know moto, the scenario or any renderer.
"""
