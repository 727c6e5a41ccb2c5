"""Addresses of this screen."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from forecourt.faces.staff.door import StaffRequest, door


@door("marketing.see_flows")
def flow_list(request: StaffRequest) -> HttpResponse:
    return render(request, "staff/nothing.html")


app_name = "flows"
urlpatterns = [path("", flow_list, name="list")]
