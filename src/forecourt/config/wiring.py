"""The one place that ties events, ports, gates and pages together."""


def tie() -> None:
    """Fill every port with its adapter; called once, when all apps are ready."""
