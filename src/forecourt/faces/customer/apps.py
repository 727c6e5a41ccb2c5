from django.apps import AppConfig


class Customer(AppConfig):
    name = "forecourt.faces.customer"
    label = "customer"

    def ready(self) -> None:
        from forecourt.faces.customer import frame  # noqa: PLC0415 - models are ready only now

        frame.register()
