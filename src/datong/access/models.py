"""Tables of access. `User` and `Client` are global: they are read before the brand is known."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from datong.access.types import ApprovalState, Role, ScopeKind
from datong.kernel.ids import uuid7
from datong.kernel.models import TenantKey, TenantModel


class Users(BaseUserManager["User"]):
    """Usernames are kept in lower case; a capital letter at log-in is no other person."""

    def get_by_natural_key(self, username: str | None) -> User:
        name = (username or "").strip().lower()
        if not name.isprintable():
            raise self.model.DoesNotExist
        return self.get(username=name)


class User(AbstractBaseUser):
    """Somebody who logs in. `brand_ids` says which brands to offer; the role in each is an Assignment.

    `one_click` is the nonce of the log-in link that is still good; following the link clears it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True, default="")
    name = models.CharField(max_length=120, blank=True, default="")
    brand_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    locale = models.CharField(max_length=16, default="en")
    theme = models.CharField(max_length=8, default="auto", choices=[(t, t) for t in ("auto", "light", "dark")])
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_superuser = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    one_click = models.UUIDField(null=True, blank=True, editable=False)

    objects = Users()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "access_user"

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.name or self.username

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's own admin only: it is for the people who run the installation."""
        return self.is_active and self.is_superuser

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return self.has_perm("", obj)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_superuser


class Client(models.Model):
    """An API client's key, hashed, and what it opens: looked up before the brand is known, hence global."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key_hash = models.BinaryField(max_length=32, unique=True)
    brand_id = models.UUIDField()
    channel_id = models.UUIDField()
    name = models.CharField(max_length=120)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120, default="")
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_client"
        indexes = [models.Index(fields=["brand_id", "id"], name="access_client_brand")]


class Assignment(TenantModel):
    """The role of one user in one brand, how far it reaches (`scope`), and over what (`scope_ids`)."""

    id = TenantKey()
    user_id = models.UUIDField()
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    scope = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in ScopeKind], default="brand")
    scope_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    since = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "user_id"], name="access_assignment_user"),
            models.CheckConstraint(
                condition=models.Q(scope="brand", scope_ids=[]) | (~models.Q(scope="brand") & ~models.Q(scope_ids=[])),
                name="access_assignment_scope",
            ),
        ]


class ChannelOwner(TenantModel):
    """Who answers for a channel, from when until when: the current one has no `until`."""

    id = TenantKey()
    channel_id = models.UUIDField()
    user_id = models.UUIDField(null=True)
    name = models.CharField(max_length=120)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "channel_id"], condition=models.Q(until=None), name="access_channelowner_current"
            ),
        ]


class Approval(TenantModel):
    """Something one person asks for and another decides. `mark` names an open request: the same one is not asked twice.

    `key` is the caller's idempotency key, '' for none.
    """

    id = TenantKey()
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
    amount_minor = models.BigIntegerField(default=0)
    store_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in ApprovalState])
    reason = models.CharField(max_length=500, default="")
    asked_by = models.CharField(max_length=120)
    asked_by_id = models.UUIDField()
    held_by = models.CharField(max_length=120)
    held_by_id = models.UUIDField()
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=120, default="")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, default="")
    mark = models.BinaryField(max_length=32)
    key = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "mark"], condition=models.Q(state="pending"), name="access_approval_open"
            ),
            models.UniqueConstraint(
                fields=["brand_id", "kind", "key"], condition=~models.Q(key=""), name="access_approval_key"
            ),
        ]
        indexes = [models.Index(fields=["brand_id", "state", "id"], name="access_approval_state")]


class Limit(TenantModel):
    """Up to what a role acts alone in a kind of request: minor units, null for any amount, -1 for nothing."""

    pk = models.CompositePrimaryKey("brand_id", "kind", "role")
    kind = models.CharField(max_length=60)
    role = models.CharField(max_length=20)
    limit_minor = models.BigIntegerField(null=True)


class LoginSession(models.Model):
    """A session somebody opened, beside Django's own row, so that it can be listed and ended. Global: of a log-in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session_key = models.CharField(max_length=40, unique=True)
    user_id = models.UUIDField()
    at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, default="")
    agent = models.CharField(max_length=200, default="")
    how = models.CharField(max_length=20)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, default="")

    class Meta:
        db_table = "access_session"
        indexes = [models.Index(fields=["user_id", "id"], name="access_session_user")]


class LoginTry(models.Model):
    """How often something was tried of late, by all processes together: `key` is a hash. Global."""

    key = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        db_table = "access_try"


class LoginRecord(models.Model):
    """A try to log in and what came of it; no name that was typed, it may have been a password. Global."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    outcome = models.CharField(max_length=20)
    address = models.CharField(max_length=45, default="")
    agent = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "access_login"
        indexes = [models.Index(fields=["user_id", "id"], name="access_login_user")]


class Invitation(TenantModel):
    """A role held ready for somebody who opens the link; of the link only a hash is kept.

    With `user_id` it opens a log-in that there is and that has no password yet: one such at a time. A mail that is due
    (`mail_due_at`) is claimed before it is sent, so that nobody gets it twice.
    """

    id = TenantKey()
    email = models.CharField(max_length=254, default="")
    name = models.CharField(max_length=120, default="")
    role = models.CharField(max_length=20)
    scope = models.CharField(max_length=8)
    scope_ids = ArrayField(models.UUIDField(), default=list)
    locale = models.CharField(max_length=16, default="en")
    token_hash = models.BinaryField(max_length=32)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(max_length=120, default="")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=120, default="")
    user_id = models.UUIDField(null=True)
    link_base = models.CharField(max_length=200, default="")
    mail_due_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_tries = models.SmallIntegerField(default=0)
    mail_error = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "accepted_at", "id"], name="access_invitation_open"),
            models.Index(
                fields=["brand_id", "mail_due_at"],
                name="access_invitation_due",
                condition=models.Q(mail_due_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "user_id"],
                name="access_invitation_one",
                condition=models.Q(user_id__isnull=False, accepted_at=None, revoked_at=None),
            )
        ]


class FactorRule(TenantModel):
    """A role that must have a second factor in this brand."""

    pk = models.CompositePrimaryKey("brand_id", "role")
    role = models.CharField(max_length=20)
