from accounts.models.external_account import ExternalAccount
from accounts.models.invite import Invite
from accounts.models.mail_message import MailMessage
from accounts.models.membership import Membership
from accounts.models.organization import Organization
from accounts.models.usage import OrganizationUsage
from accounts.models.user import User

__all__ = ["ExternalAccount", "Invite", "MailMessage", "Membership", "Organization", "OrganizationUsage", "User"]
