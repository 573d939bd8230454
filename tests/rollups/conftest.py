from tests.events.conftest import post, work

__all__ = ["post", "work"]
