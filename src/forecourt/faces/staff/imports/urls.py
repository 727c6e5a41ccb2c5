"""Files of the dealer management system, on their way in."""

from django.urls import path

from forecourt.faces.staff.imports import columns, records, versions, views

app_name = "imports"
urlpatterns = [
    path("", views.import_list, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:import_id>/", views.show, name="show"),
    path("<uuid:import_id>/columns/", columns.columns, name="map"),
    path("<uuid:import_id>/start/", views.start, name="start"),
    path("<uuid:import_id>/discard/", views.discard, name="discard"),
    path("<uuid:import_id>/state/", views.state, name="status"),
    path("<uuid:import_id>/gone/", records.gone, name="gone"),
    path("<uuid:import_id>/made/", records.made, name="made"),
    path("<uuid:import_id>/changed/", records.changed, name="changed"),
    path("<uuid:import_id>/no-records/", views.no_records, name="no_records"),
    path("<uuid:import_id>/rejected/", views.rejected, name="rejected"),
    path("rows/<uuid:row_id>/welcome/", views.welcome, name="welcome"),
    path("mappings/<uuid:mapping_id>/", versions.versions, name="versions"),
    path("versions/<uuid:version_id>/back/", versions.go_back, name="go_back"),
]
