from accounts.models.invite import Invite
from accounts.models.membership import Membership
from accounts.models.organization import Organization
from accounts.models.usage import OrganizationUsage
from accounts.models.user import User

__all__ = ["Invite", "Membership", "Organization", "OrganizationUsage", "User"]
