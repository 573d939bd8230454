"""Admin pages of people, organizations and what ties them together."""

from accounts.admin.mails import MailMessageAdmin
from accounts.admin.memberships import InviteAdmin, MembershipAdmin
from accounts.admin.organizations import OrganizationAdmin
from accounts.admin.usage import OrganizationUsageAdmin
from accounts.admin.users import UserAdmin

__all__ = [
    "InviteAdmin",
    "MailMessageAdmin",
    "MembershipAdmin",
    "OrganizationAdmin",
    "OrganizationUsageAdmin",
    "UserAdmin",
]
