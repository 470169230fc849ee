"""The price rows: every meter has a price in every region, and a bill is what is left after what is free."""

import pytest

from functions.scale.prices import METERS, PRICES, REGIONS, added, bill, meter_of, price_of, times, total


@pytest.mark.parametrize("region", REGIONS)
def test_every_meter_has_one_price_in_every_region(region: str) -> None:
    for meter in METERS:
        assert price_of(meter.key, region).usd >= 0, meter.key
    assert len({meter.key for meter in METERS}) == len(METERS)
    assert len({(price.meter, price.region) for price in PRICES}) == len(PRICES)
    for price in PRICES:
        found = {other.region for other in PRICES if other.meter == price.meter}
        assert found in ({""}, set(REGIONS)), f"{price.meter} is the same everywhere, or has a row for each region"
        assert meter_of(price.meter) and len(price.source) > 10, "a price says where it is from"


def test_what_is_free_is_taken_off_before_it_is_paid_for() -> None:
    usage = {"sqs.requests": 3_000_000.0, "secrets.kept": 4.0, "lambda.x86": 1000.0}
    lines = {line.meter: line for line in bill(usage, "ap-northeast-1")}
    assert lines["sqs.requests"].paid == 2_000_000 and lines["sqs.requests"].usd == pytest.approx(0.80)
    assert lines["secrets.kept"].usd == pytest.approx(1.60)
    assert lines["lambda.x86"].usd == 0.0, "less than is free"
    whole = bill(usage, "ap-northeast-1", free=False)
    assert total(whole) == pytest.approx(1.20 + 1.60 + 1000 * 0.0000166667)
    assert [line.meter for line in whole][:2] == ["secrets.kept", "sqs.requests"], "dearest first"


def test_a_region_that_is_dearer_costs_more() -> None:
    assert price_of("lambda.x86", "ap-east-1").usd > price_of("lambda.x86", "ap-northeast-1").usd
    with pytest.raises(KeyError):
        price_of("lambda.x86", "us-gone-1")


def test_usages_add_up() -> None:
    assert added({"a": 1.0}, {"a": 2.0, "b": 3.0}) == {"a": 3.0, "b": 3.0}
    assert times({"a": 2.0}, 3) == {"a": 6.0}
