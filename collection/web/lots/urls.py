"""Addresses of lots and their photos."""

from django.urls import path

from collection.web.logging import photos
from collection.web.lots import (
    dealer_records,
    departures,
    detail,
    evidence,
    hold_points,
    listing,
    look_alikes,
    papers,
    regrouping,
    sampling,
)

urlpatterns = [
    path("lots/", listing.lots, name="lots"),
    path("lots/<str:reference>/", detail.lot, name="lot"),
    path("lots/<str:reference>/risk/", detail.risk, name="lot-risk"),
    path("lots/<str:reference>/photos/", photos.lot_photos, name="lot-photos"),
    path("lots/<str:reference>/export/", departures.export, name="lot-export"),
    path("lots/<str:reference>/loss/", departures.loss, name="lot-loss"),
    path("lots/<str:reference>/withdraw/", departures.withdrawal, name="lot-withdraw"),
    path("lots/<str:reference>/evidence/", evidence.evidence, name="lot-evidence"),
    path("lots/<str:reference>/evidence/weighed/", evidence.weighed, name="lot-evidence-weighed"),
    path("lots/<str:reference>/evidence/opened/", evidence.opened, name="lot-evidence-opened"),
    path("lots/<str:reference>/evidence/certificate/", evidence.certificate, name="lot-evidence-certificate"),
    path("lots/<str:reference>/evidence/xrf/", evidence.xrf, name="lot-evidence-xrf"),
    path("lots/<str:reference>/papers/", papers.lot_papers, name="lot-papers"),
    path("papers/<int:paper_id>/<str:size>/", papers.paper, name="paper"),
    path("papers/<int:paper_id>/remove/yes/", papers.delete_paper, name="paper-delete"),
    path("lots/<str:reference>/hold-points/", hold_points.hold_points, name="lot-hold-points"),
    path("lots/<str:reference>/hold-points/<slug:point>/", hold_points.hold_point, name="lot-hold-point"),
    path("lots/<str:reference>/dealer-record/", dealer_records.dealer_record, name="lot-dealer-record"),
    path(
        "lots/<str:reference>/dealer-record/<int:record_id>/correct/",
        dealer_records.correct,
        name="lot-dealer-record-correct",
    ),
    path("dealer-records/", dealer_records.dealer_records, name="dealer-records"),
    path("dealer-records/export/", dealer_records.export, name="dealer-records-export"),
    path("look-alikes/", look_alikes.look_alikes, name="look-alikes"),
    path("lots/<str:reference>/lineage/", regrouping.lineage, name="lot-lineage"),
    path("lots/<str:reference>/sampling/", sampling.sampling_page, name="lot-sampling"),
    path("lots/<str:reference>/split/", regrouping.split_page, name="lot-split"),
    path("lots/<str:reference>/merge/", regrouping.merge_page, name="lot-merge"),
    path("lots/<str:reference>/take-apart/", regrouping.apart_page, name="lot-take-apart"),
    path("photos/<int:photo_id>/<str:size>/", photos.show_photo, name="photo"),
    path("photos/<int:photo_id>/remove/yes/", photos.delete_photo, name="photo-delete"),
]
