"""A gateway for text messages for the first run, for development and for tests: it takes every text, sends none, and can be read.

`server` speaks the protocol that `adapters.sms` speaks, `store` keeps each text before it answers, `faults` lets tests provoke bad days.
It runs in the process of the local mail server.
"""
