from django.apps import AppConfig


class Customer(AppConfig):
    name = "forecourt.faces.customer"
    label = "customer"
