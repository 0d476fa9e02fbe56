"""Addresses of people and rights."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.people import approvals, joining, me, policy, second, staff, trail, tree

urlpatterns: list[URLPattern] = [
    path("login/second/", second.second, name="second-factor"),
    path("login/passkey/", second.passkey, name="passkey-login"),
    path("join/<str:token>/", joining.join, name="join"),
    path("me/", me.me, name="me"),
    path("me/password/", me.password, name="me-password"),
    path("me/session/", me.end_session, name="me-session"),
    path("me/app/", me.app, name="me-app"),
    path("me/passkey/", me.passkey, name="me-passkey"),
    path("me/factor/", me.drop, name="me-factor"),
    path("me/codes/", me.codes, name="me-codes"),
    path("staff/", staff.people, name="staff"),
    path("staff/export.csv", staff.export, name="staff-csv"),
    path("staff/invite/", staff.invite, name="staff-invite"),
    path("staff/invitation/", staff.invitation, name="staff-invitation"),
    path("staff/<uuid:user_id>/", staff.person, name="person"),
    path("staff/<uuid:user_id>/act/", staff.act, name="person-act"),
    path("staff/<uuid:user_id>/leave/", staff.leave, name="person-leave"),
    path("regions/", tree.regions, name="regions"),
    path("regions/act/", tree.act, name="regions-act"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<uuid:approval_id>/", approvals.approval, name="approval"),
    path("approvals/<uuid:approval_id>/withdraw/", approvals.withdraw, name="approval-withdraw"),
    path("policy/", policy.policy, name="policy"),
    path("policy/second-factor/", policy.second_factor, name="policy-factor"),
    path("audit/", trail.trail, name="audit"),
    path("audit/export.csv", trail.export, name="audit-csv"),
]
