"""Every address. ``/healthz`` and ``/readyz`` are answered earlier, by ``config.health``."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from collection.web.access import public
from collection.web.kit.styleguide import StyleguideView, lookup_example, progress_example

urlpatterns = [
    # The styleguide decides for itself: product administrators, or everybody while DEBUG is on.
    path("styleguide/", public(StyleguideView.as_view()), name="styleguide"),
    path("styleguide/lookup/", public(lookup_example), name="styleguide-lookup"),
    path("styleguide/progress/", public(progress_example), name="styleguide-progress"),
    path("api/schema/", login_not_required(SpectacularAPIView.as_view()), name="api-schema"),
    path(
        "api/docs/",
        login_not_required(SpectacularSwaggerSplitView.as_view(url_name="api-schema")),
        name="api-docs",
    ),
    path("api/v1/", include("collection.api.urls")),
    path("api/v1/reports/", include("reports.api.urls")),
    path("", include("reports.web.urls")),
    path("", include("collection.web.urls")),
]

handler404 = "collection.api.elsewhere.not_found"
handler500 = "collection.api.elsewhere.server_error"
