from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "collection"
    verbose_name = "Collection register"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Sending a task by name needs it registered in every process, also the web server's.
        from collection import tasks  # noqa: F401
        from collection.integrations.road_router import configured_router
        from collection.rules.routing.roads import use_roads

        use_roads(configured_router())
