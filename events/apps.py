from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from events import jobs, totals
        from events.ingest import bots, stored
        from events.notifications import promotion, queue
        from events.search.sql import checks, storage
        from events.services import bot_deletion, event_deletion, stacks

        totals.register()
        jobs.register_jobs()
        checks.register()
        event_deletion.on_delete.append(storage.forget_events)
        stored.on_stored.append(queue.queue_notifications)
        stacks.on_promote.append(promotion.promote_to_web_hooks)
        bots.on_bot.append(bot_deletion.request_deletion)
