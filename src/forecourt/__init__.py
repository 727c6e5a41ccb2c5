"""Forecourt joins dealership, workshop and customer in one place."""

__version__ = "0.1.0"
