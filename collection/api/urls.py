"""Addresses of the API, version 1."""

from django.urls import path

from collection.api import (
    content,
    facilities,
    keys,
    lots,
    notices,
    photos,
    products,
    risk,
    sign_in,
    sites,
)

app_name = "api"

urlpatterns = [
    path("token/", sign_in.TokenView.as_view(), name="token"),
    path("me/", sign_in.MeView.as_view(), name="me"),
    path("keys/", keys.KeysView.as_view(), name="keys"),
    path("keys/<int:key_id>/", keys.KeyView.as_view(), name="key"),
    path("products/", products.ProductsView.as_view(), name="products"),
    path("products/<str:code>/", products.ProductView.as_view(), name="product"),
    path("content/", content.ContentView.as_view(), name="content"),
    path("facilities/", facilities.FacilitiesView.as_view(), name="facilities"),
    path("facilities/<str:code>/", facilities.FacilityView.as_view(), name="facility"),
    path("sites/", sites.SitesView.as_view(), name="sites"),
    path("sites/<int:site_id>/", sites.SiteView.as_view(), name="site"),
    path("lots/", lots.LotsView.as_view(), name="lots"),
    path("lots/<str:reference>/", lots.LotView.as_view(), name="lot"),
    path("lots/<str:reference>/custody/", lots.LotCustodyView.as_view(), name="lot-custody"),
    path("lots/<str:reference>/events/", lots.LotEventsView.as_view(), name="lot-events"),
    path("lots/<str:reference>/risk/", risk.LotRiskView.as_view(), name="lot-risk"),
    path("lots/<str:reference>/photos/", photos.LotPhotosView.as_view(), name="lot-photos"),
    path("lots/<str:reference>/photos/<int:photo_id>/", photos.LotPhotoView.as_view(), name="lot-photo"),
    path("lots/<str:reference>/export/", lots.LotExportView.as_view(), name="lot-export"),
    path("lots/<str:reference>/loss/", lots.LotLossView.as_view(), name="lot-loss"),
    path("lots/<str:reference>/withdrawal/", lots.LotWithdrawalView.as_view(), name="lot-withdrawal"),
    path("flags/", risk.FlagsView.as_view(), name="flags"),
    path("notifications/", notices.NoticesView.as_view(), name="notifications"),
    path("notifications/read/", notices.NoticesReadView.as_view(), name="notifications-read"),
    path("notifications/<int:notice_id>/read/", notices.NoticeReadView.as_view(), name="notification-read"),
]
