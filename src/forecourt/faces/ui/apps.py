"""The Django app of the design system."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "forecourt.faces.ui"
    label = "ui"
    verbose_name = "Design system"
