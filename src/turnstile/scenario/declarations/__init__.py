"""Accounts of scenario files as declarations of a world: roles, policies, functions, resources, templates, jobs."""
