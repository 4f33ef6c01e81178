"""Handlers of Lambda functions: how their code is unpacked, loaded, asked and ended in processes of its own.

`code`, `frame`, `worker` run in the processes of handlers and know nothing of the rest; the others stay here.
"""
