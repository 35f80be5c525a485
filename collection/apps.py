from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "collection"
    verbose_name = "Collection register"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Sending a task by name needs it registered in every process, also the web server's.
        from collection import tasks  # noqa: F401
