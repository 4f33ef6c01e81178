"""The command line: one file for each verb, and what they share.

Results go to stdout, talk to stderr. Modules here import typer and light things only; what runs workflows is
imported inside a command, so that `turnstile --help` is quick. Exit codes stand in `exits`.
"""
