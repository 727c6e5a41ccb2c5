from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class Staff(AppConfig):
    name = "forecourt.faces.staff"
    label = "staff"

    def ready(self) -> None:
        from forecourt.faces.staff import frame
        from forecourt.faces.staff.signin import sessions
        from forecourt.faces.staff.signin.join import PURPOSE
        from forecourt.runtime import links

        import_module(f"{self.name}.access")  # its rights are declared by being read
        frame.register()
        sessions.listen()
        links.page(PURPOSE, "staff_join")
        links.page("support", "support:begin")
        for letters in ("people.letters", "signin.letters", "connections.letters", "sources.letters"):
            import_module(f"{self.name}.{letters}")
        for screen in ("planning", "job_cards"):  # screens that follow what happens
            if find_spec(f"{self.name}.{screen}.live"):
                import_module(f"{self.name}.{screen}.live")
