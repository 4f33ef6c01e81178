"""What exists: accounts and what they own, and who can call.

The world is plain state. It holds roles with their policies as written (file and line), functions and state machines;
it decides nothing (`gate` does), performs nothing (`backends` do) and knows no workflow (`states` does).
"""
