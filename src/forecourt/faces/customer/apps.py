from django.apps import AppConfig


class Customer(AppConfig):
    name = "forecourt.faces.customer"
    label = "customer"

    def ready(self) -> None:
        from forecourt.faces.customer import frame

        frame.register()
