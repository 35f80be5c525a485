"""Addresses of the journey. A draft is addressed by its submission id, which nobody can guess."""

from django.urls import path

from collection.web.logging import photos, templates, views

urlpatterns = [
    path("log/", views.start, name="log"),
    path("log/products/", views.product_search, name="product-search"),
    path("log/turbines/", views.turbine_search, name="turbine-search"),
    path("log/waste-codes/", views.waste_code_search, name="waste-code-search"),
    path("log/like/<str:reference>/", views.log_another, name="log-another"),
    path("log/templates/", templates.templates, name="templates"),
    path("log/templates/<int:template_id>/", templates.change, name="template-change"),
    path("log/templates/<int:template_id>/use/", templates.use, name="template-use"),
    path("log/templates/<int:template_id>/delete/", templates.delete, name="template-delete"),
    path("lots/<str:reference>/template/", templates.from_lot, name="template-from-lot"),
    path("log/<uuid:submission_id>/template/", templates.from_draft, name="template-from-draft"),
    path("log/<uuid:submission_id>/photos/", photos.draft_photos, name="log-photos"),
    path("log/<uuid:submission_id>/check/", views.check, name="log-check"),
    path("log/<uuid:submission_id>/discard/", views.discard, name="log-discard"),
    path("log/<uuid:submission_id>/<slug:slug>/", views.page, name="log-page"),
]
