"""Public prices of everything that template.yaml and its database use, a row each: what is metered, where, at what price, since when."""

from collections.abc import Mapping
from typing import NamedTuple

SINGAPORE, TOKYO, HONG_KONG, VIRGINIA = "ap-southeast-1", "ap-northeast-1", "ap-east-1", "us-east-1"
REGIONS = {SINGAPORE: "Singapore", TOKYO: "Tokyo", HONG_KONG: "Hong Kong", VIRGINIA: "N. Virginia"}
"""Two near the mainland where the database can stand in the same place, the settings' default, and the cheapest."""


class Meter(NamedTuple):
    """What is counted, and how much of it nobody pays for."""

    key: str
    service: str
    what: str
    unit: str
    """One of what the price is for."""
    free: float = 0.0
    """Units a month, in every account and for ever; offers of the first year are not counted."""


class Price(NamedTuple):
    meter: str
    region: str
    """Empty: everywhere the same."""
    usd: float
    """Of one unit."""
    source: str
    verified: bool = True
    """Found written down by others; False: remembered, or derived from another region's. Look it up before you rely on it."""


METERS = (
    Meter("lambda.x86", "Lambda", "time of x86-64 functions", "GB-second", 400_000),
    Meter("lambda.arm", "Lambda", "time of arm64 functions", "GB-second", 400_000),
    Meter("lambda.requests", "Lambda", "calls", "call", 1_000_000),
    Meter("lambda.disk", "Lambda", "disk above 512 MB while a function runs", "GB-second"),
    Meter("lambda.provisioned", "Lambda", "environments that are kept started", "GB-second"),
    Meter("sqs.requests", "SQS", "requests, those of idle pollers among them", "request", 1_000_000),
    Meter("events.published", "EventBridge", "events published, in pieces of 64 KB", "event"),
    Meter("scheduler.calls", "EventBridge Scheduler", "calls by schedules", "call", 14_000_000),
    Meter("api.requests", "API Gateway", "requests of an HTTP API, in pieces of 512 KB", "request"),
    Meter("s3.stored", "S3", "bytes kept, replaced versions among them", "GB-month"),
    Meter("s3.put", "S3", "objects put, and lists", "request"),
    Meter("s3.get", "S3", "objects read", "request"),
    Meter("cloudfront.requests", "CloudFront", "HTTPS requests", "request", 10_000_000),
    Meter("cloudfront.out", "CloudFront", "bytes to readers", "GB", 1_000),
    Meter("cloudfront.function", "CloudFront", "calls of the address function", "call", 2_000_000),
    Meter("logs.ingested", "CloudWatch", "logs written", "GB", 5),
    Meter("logs.stored", "CloudWatch", "logs kept", "GB-month", 5),
    Meter("metrics.custom", "CloudWatch", "metrics of our own, by name and dimensions", "metric-month", 10),
    Meter("alarms.metrics", "CloudWatch", "metrics that alarms look at, each in an expression counted", "metric-month", 10),
    Meter("dashboards", "CloudWatch", "dashboards; three of at most 50 metrics are free", "dashboard-month"),
    Meter("secrets.kept", "Secrets Manager", "secrets", "secret-month"),
    Meter("secrets.calls", "Secrets Manager", "reads", "call"),
    Meter("xray.recorded", "X-Ray", "traces recorded", "trace", 100_000),
    Meter("ecr.stored", "ECR", "the image of planner and ingest", "GB-month"),
    Meter("out", "Data transfer", "bytes from the region to the internet", "GB", 100),
    Meter("sns.email", "SNS", "mails of alarms", "mail", 1_000),
    Meter("budgets", "Budgets", "budgets that only tell", "budget-month"),
    Meter("supabase.plan", "Supabase", "Pro: 8 GB of database, 250 GB out, the smallest machine", "month"),
    Meter("supabase.small", "Supabase", "machine Small (2 shared cores, 2 GB) beyond the smallest", "month"),
    Meter("supabase.medium", "Supabase", "machine Medium (2 shared cores, 4 GB) beyond the smallest", "month"),
    Meter("supabase.large", "Supabase", "machine Large (2 cores, 8 GB) beyond the smallest", "month"),
    Meter("supabase.xl", "Supabase", "machine XL (4 cores, 16 GB) beyond the smallest", "month"),
    Meter("supabase.2xl", "Supabase", "machine 2XL (8 cores, 32 GB) beyond the smallest", "month"),
    Meter("supabase.4xl", "Supabase", "machine 4XL (16 cores, 64 GB) beyond the smallest", "month"),
    Meter("supabase.disk", "Supabase", "disk of the database beyond 8 GB", "GB-month"),
    Meter("supabase.out", "Supabase", "bytes from the database beyond 250 GB", "GB"),
)

REMEMBERED = "price page of the service, remembered from 2025"
TUNING = "price tables of aws-lambda-power-tuning, 2025"
SHEETS = "sheets that others made from the price list of AWS, October 2025"
TOKYO_LIST = "the price list of AWS for Tokyo as others wrote it down, July and September 2026"
SINGAPORE_LIST = "the price list of AWS for Singapore as others wrote it down, August 2026"
SINGAPORE_BILL = "a published bill of an account in Singapore, May 2025"
PAGE = "price page of CloudWatch, and the price list of AWS for Tokyo as others wrote it down, 2026; the same in every region"
BILLS = "price lists of AWS for Tokyo and Singapore as others wrote them down, 2025 and 2026; the same in every region"
SUPABASE = "Supabase's guides to compute usage and to billing by organisation, 2025"
CLOUDFRONT = "price page of CloudFront, remembered from 2025, for readers in Hong Kong"
EVERYWHERE = "price page, remembered from 2025; the same in every region"
DEARER = "Tokyo's and a tenth more, as a guess"
AS_TIME = "N. Virginia's, as much dearer as function time is"
AS_TOKYO = "Tokyo's, as a guess"
AS_MOST = "N. Virginia's, as in most regions"

PRICES = (
    Price("lambda.x86", SINGAPORE, 16.6667e-6, SINGAPORE_LIST),
    Price("lambda.x86", TOKYO, 16.6667e-6, TOKYO_LIST),
    Price("lambda.x86", HONG_KONG, 22.92e-6, TUNING),
    Price("lambda.x86", VIRGINIA, 16.6667e-6, SHEETS),
    Price("lambda.arm", SINGAPORE, 13.3334e-6, SINGAPORE_LIST),
    Price("lambda.arm", TOKYO, 13.3334e-6, TOKYO_LIST),
    Price("lambda.arm", HONG_KONG, 18.30e-6, TUNING),
    Price("lambda.arm", VIRGINIA, 13.3334e-6, TUNING),
    Price("lambda.requests", SINGAPORE, 0.20e-6, SINGAPORE_LIST),
    Price("lambda.requests", TOKYO, 0.20e-6, TOKYO_LIST),
    Price("lambda.requests", HONG_KONG, 0.28e-6, REMEMBERED, verified=False),
    Price("lambda.requests", VIRGINIA, 0.20e-6, SHEETS),
    Price("lambda.disk", SINGAPORE, 0.0370e-6, AS_TOKYO, verified=False),
    Price("lambda.disk", TOKYO, 0.0370e-6, REMEMBERED, verified=False),
    Price("lambda.disk", HONG_KONG, 0.0425e-6, AS_TIME, verified=False),
    Price("lambda.disk", VIRGINIA, 0.0309e-6, "the price list of AWS as others tell it, August 2026"),
    Price("lambda.provisioned", SINGAPORE, 4.6471e-6, REMEMBERED, verified=False),
    Price("lambda.provisioned", TOKYO, 5.3835e-6, REMEMBERED, verified=False),
    Price("lambda.provisioned", HONG_KONG, 5.73e-6, AS_TIME, verified=False),
    Price("lambda.provisioned", VIRGINIA, 4.1667e-6, REMEMBERED, verified=False),
    Price("sqs.requests", SINGAPORE, 0.40e-6, AS_TOKYO, verified=False),
    Price("sqs.requests", TOKYO, 0.40e-6, TOKYO_LIST),
    Price("sqs.requests", HONG_KONG, 0.50e-6, REMEMBERED, verified=False),
    Price("sqs.requests", VIRGINIA, 0.40e-6, REMEMBERED, verified=False),
    Price("events.published", SINGAPORE, 1.00e-6, AS_MOST, verified=False),
    Price("events.published", TOKYO, 1.00e-6, AS_MOST, verified=False),
    Price("events.published", HONG_KONG, 1.00e-6, AS_MOST, verified=False),
    Price("events.published", VIRGINIA, 1.00e-6, SHEETS),
    Price("scheduler.calls", "", 1.25e-6, REMEMBERED, verified=False),
    Price("api.requests", SINGAPORE, 1.25e-6, REMEMBERED, verified=False),
    Price("api.requests", TOKYO, 1.29e-6, TOKYO_LIST),
    Price("api.requests", HONG_KONG, 1.42e-6, DEARER, verified=False),
    Price("api.requests", VIRGINIA, 1.00e-6, SHEETS),
    Price("s3.stored", SINGAPORE, 0.025, REMEMBERED, verified=False),
    Price("s3.stored", TOKYO, 0.025, TOKYO_LIST),
    Price("s3.stored", HONG_KONG, 0.025, REMEMBERED, verified=False),
    Price("s3.stored", VIRGINIA, 0.023, SHEETS),
    Price("s3.put", SINGAPORE, 5.0e-6, SINGAPORE_LIST),
    Price("s3.put", TOKYO, 4.7e-6, TOKYO_LIST),
    Price("s3.put", HONG_KONG, 5.0e-6, REMEMBERED, verified=False),
    Price("s3.put", VIRGINIA, 5.0e-6, SHEETS),
    Price("s3.get", SINGAPORE, 0.40e-6, SINGAPORE_LIST),
    Price("s3.get", TOKYO, 0.37e-6, TOKYO_LIST),
    Price("s3.get", HONG_KONG, 0.40e-6, REMEMBERED, verified=False),
    Price("s3.get", VIRGINIA, 0.40e-6, SHEETS),
    Price("cloudfront.requests", "", 1.20e-6, CLOUDFRONT, verified=False),
    Price("cloudfront.out", "", 0.120, CLOUDFRONT, verified=False),
    Price("cloudfront.function", "", 0.10e-6, CLOUDFRONT, verified=False),
    Price("logs.ingested", SINGAPORE, 0.70, SINGAPORE_BILL),
    Price("logs.ingested", TOKYO, 0.76, TOKYO_LIST),
    Price("logs.ingested", HONG_KONG, 0.83, DEARER, verified=False),
    Price("logs.ingested", VIRGINIA, 0.50, PAGE),
    Price("logs.stored", SINGAPORE, 0.030, SINGAPORE_LIST),
    Price("logs.stored", TOKYO, 0.033, TOKYO_LIST),
    Price("logs.stored", HONG_KONG, 0.036, DEARER, verified=False),
    Price("logs.stored", VIRGINIA, 0.030, REMEMBERED, verified=False),
    Price("metrics.custom", "", 0.30, PAGE),
    Price("alarms.metrics", "", 0.10, PAGE),
    Price("dashboards", "", 3.00, PAGE),
    Price("secrets.kept", "", 0.40, BILLS),
    Price("secrets.calls", "", 5.0e-6, EVERYWHERE, verified=False),
    Price("xray.recorded", "", 5.0e-6, EVERYWHERE, verified=False),
    Price("ecr.stored", "", 0.10, BILLS),
    Price("out", SINGAPORE, 0.120, SINGAPORE_LIST),
    Price("out", TOKYO, 0.114, TOKYO_LIST),
    Price("out", HONG_KONG, 0.120, "a published bill of an account in Hong Kong, 2024"),
    Price("out", VIRGINIA, 0.090, REMEMBERED, verified=False),
    Price("sns.email", "", 20e-6, EVERYWHERE, verified=False),
    Price("budgets", "", 0.0, "free as long as a budget only tells; price page, remembered from 2025", verified=False),
    Price("supabase.plan", "", 25.0, SUPABASE),
    Price("supabase.small", "", 5.0, SUPABASE),
    Price("supabase.medium", "", 50.0, SUPABASE),
    Price("supabase.large", "", 100.0, SUPABASE),
    Price("supabase.xl", "", 200.0, SUPABASE),
    Price("supabase.2xl", "", 400.0, SUPABASE),
    Price("supabase.4xl", "", 950.0, SUPABASE),
    Price("supabase.disk", "", 0.125, SUPABASE),
    Price("supabase.out", "", 0.09, SUPABASE),
)

Usage = Mapping[str, float]
"""Units by meter."""


class Line(NamedTuple):
    """Of a bill."""

    meter: str
    units: float
    paid: float
    """Of them, after what is free."""
    usd: float


def price_of(meter: str, region: str) -> Price:
    """KeyError for what has no row there."""
    return _ROWS[meter, ""] if (meter, "") in _ROWS else _ROWS[meter, region]


def bill(usage: Usage, region: str, *, free: bool = True) -> tuple[Line, ...]:
    """The lines of a month, dearest first; without `free`, as for an account that has used up elsewhere what is free."""
    lines = []
    for meter, units in usage.items():
        paid = max(0.0, units - _METERS[meter].free) if free else units
        lines.append(Line(meter, units, paid, paid * price_of(meter, region).usd))
    return tuple(sorted(lines, key=lambda line: (-line.usd, line.meter)))


def total(lines: tuple[Line, ...]) -> float:
    return sum(line.usd for line in lines)


def meter_of(key: str) -> Meter:
    return _METERS[key]


def added(*usages: Usage) -> dict[str, float]:
    """Units of several together."""
    found: dict[str, float] = {}
    for usage in usages:
        for meter, units in usage.items():
            found[meter] = found.get(meter, 0.0) + units
    return found


def times(usage: Usage, factor: float) -> dict[str, float]:
    return {meter: units * factor for meter, units in usage.items()}


_METERS = {meter.key: meter for meter in METERS}
_ROWS = {(price.meter, price.region): price for price in PRICES}
