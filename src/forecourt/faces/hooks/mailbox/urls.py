"""Where the local mail server's mails are read."""

from django.urls import path

from forecourt.faces.hooks.mailbox import views

app_name = "mailbox"
urlpatterns = [
    path("mailbox", views.mails, name="mails"),
    path("mailbox/texts", views.texts, name="texts"),
    path("mailbox/<int:number>", views.mail, name="mail"),
    path("mailbox/<int:number>/html", views.html, name="html"),
    path("mailbox/<int:number>/raw", views.raw, name="raw"),
]
