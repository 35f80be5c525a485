from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "collection"
    verbose_name = "Collection register"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from collection.integrations.road_router import configured_router
        from collection.rules.routing.roads import use_roads

        use_roads(configured_router())
