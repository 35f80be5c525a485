"""Addresses of planning, receiving and vehicles."""

from django.urls import path

from collection.web.planner import home, lots, plan_changes, plans, receiving, rounds, vehicles

urlpatterns = [
    path("planner/", home.planner_home, name="planner-home"),
    path("planner/lots/", lots.available, name="available-lots"),
    path("planner/lots/map/", lots.available_map, name="available-lots-map"),
    path("plans/", plans.all_plans, name="plans"),
    path("plans/new/", plans.new_plan, name="new-plan"),
    path("plans/compare/", plan_changes.compare, name="compare-plans"),
    path("plans/<slug:reference>/", plans.plan_page, name="plan"),
    path("plans/<slug:reference>/progress/", plans.plan_progress, name="plan-progress"),
    path("plans/<slug:reference>/cancel/", plans.cancel, name="cancel-plan"),
    path("plans/<slug:reference>/enough/", plans.enough, name="stop-searching"),
    path("plans/<slug:reference>/confirm/", plans.confirm, name="confirm-plan"),
    path("plans/<slug:reference>/change/", plan_changes.change, name="change-plan"),
    path("plans/<slug:reference>/change/make/", plan_changes.make_change, name="make-change"),
    path("plans/<slug:reference>/search/", plan_changes.search_again, name="search-on"),
    path("plans/<slug:reference>/again/", plans.plan_again, name="plan-again"),
    path("rounds/", rounds.coming_rounds, name="rounds"),
    path("rounds/<slug:reference>/", rounds.round_page, name="round"),
    path("rounds/<slug:reference>/manifest/", rounds.manifest, name="manifest"),
    path("rounds/<slug:reference>/driver/", rounds.driver, name="assign-driver"),
    path("rounds/<slug:reference>/cancel/", rounds.cancel, name="cancel-round"),
    path("rounds/<slug:reference>/stops/<int:sequence>/cancel/", rounds.cancel_stop, name="cancel-pickup"),
    path("vehicles/", vehicles.all_vehicles, name="vehicles"),
    path("vehicles/new/", vehicles.new_vehicle, name="new-vehicle"),
    path("vehicles/<int:pk>/", vehicles.change_vehicle, name="vehicle"),
    path("vehicles/<int:pk>/calendar/", vehicles.renew_calendar, name="renew-vehicle-calendar"),
    path("receiving/", receiving.loads, name="receiving"),
    path("receiving/<slug:reference>/", receiving.weigh_in, name="weigh-in"),
    path("receipts/<slug:reference>/", receiving.receipt_page, name="receipt"),
    path("receipts/<slug:reference>/process/", receiving.process_lot, name="process-lot"),
]
