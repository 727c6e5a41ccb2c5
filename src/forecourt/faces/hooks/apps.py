from django.apps import AppConfig


class Hooks(AppConfig):
    name = "forecourt.faces.hooks"
    label = "hooks"

    def ready(self) -> None:
        from forecourt.engines.messaging import letters
        from forecourt.faces.hooks.unsubscribe import views
        from forecourt.faces.ui import surroundings
        from forecourt.runtime import links

        surroundings.register(views.tell)
        links.page(letters.UNSUBSCRIBE, "unsubscribe:unsubscribe")
