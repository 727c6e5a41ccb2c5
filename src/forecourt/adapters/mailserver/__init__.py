"""A real SMTP server for the first run, for development and for tests: it takes every mail, delivers none, and can be read.

`server` talks SMTP, `store` keeps each accepted delivery on disk before it answers, `mailbox` reads them back, `faults` lets tests
provoke bad days. It is a twin of a relay, so it stands behind the same port and protocol as one.
"""
