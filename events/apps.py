from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from events import jobs, totals
        from events.search.sql import checks, storage
        from events.services import event_deletion

        totals.register()
        jobs.register_jobs()
        checks.register()
        event_deletion.on_delete.append(storage.forget_events)
