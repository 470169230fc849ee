"""Calls of the API as messages: signed by the client that sends them, answered, signed too, in the queue that the client registered.

What travels is told in docs/messages.md. The calls themselves are the API's own: see functions/responder.py.
"""
