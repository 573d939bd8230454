"""Plans: bundles of limits. A self-hosted server gives every organization the unlimited one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """-1 means unlimited; `retention_days` 0 means the server's maximum."""

    id: str
    name: str
    description: str
    price: int
    max_projects: int
    max_users: int
    retention_days: int
    max_events_per_month: int
    has_premium_features: bool = True
    is_hidden: bool = False


def _paid(id_: str, name: str, price: int, projects: int, users: int, days: int, events: int) -> Plan:
    return Plan(id_, name, f"{name} (${price}/month)", price, projects, users, days, events)


def _yearly(monthly: Plan, price: int) -> Plan:
    name = f"{monthly.name} (Yearly)"
    return Plan(
        f"{monthly.id}_YEARLY",
        name,
        f"{name} - ${price}/year",
        price,
        monthly.max_projects,
        monthly.max_users,
        monthly.retention_days,
        monthly.max_events_per_month,
    )


FREE = Plan("EX_FREE", "Free", "Free", 0, 1, 1, 3, 3_000, has_premium_features=False)
SMALL = _paid("EX_SMALL", "Small", 15, 5, 10, 30, 15_000)
MEDIUM = _paid("EX_MEDIUM", "Medium", 49, 15, 25, 90, 75_000)
LARGE = _paid("EX_LARGE", "Large", 99, -1, -1, 180, 250_000)
EXTRA_LARGE = _paid("EX_XL", "Extra Large", 199, -1, -1, 180, 1_000_000)
ENTERPRISE = _paid("EX_ENT", "Enterprise", 499, -1, -1, 180, 3_000_000)
UNLIMITED = Plan("EX_UNLIMITED", "Unlimited", "Unlimited", 0, -1, -1, 0, -1, is_hidden=True)

PLANS: tuple[Plan, ...] = (
    FREE,
    _yearly(SMALL, 165),
    _yearly(MEDIUM, 539),
    _yearly(LARGE, 1_089),
    _yearly(EXTRA_LARGE, 2_189),
    _yearly(ENTERPRISE, 5_489),
    SMALL,
    MEDIUM,
    LARGE,
    EXTRA_LARGE,
    ENTERPRISE,
    UNLIMITED,
)
_BY_ID = {plan.id: plan for plan in PLANS}


def plan_by_id(plan_id: str) -> Plan | None:
    return _BY_ID.get(plan_id)
