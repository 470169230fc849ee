"""How long what is left of a submission will take, at the pace of what was computed lately."""

from dataclasses import dataclass

from psycopg import sql

COURSE = sql.SQL("""
    select
        extract(epoch from now() - g.started_at)::float8 as seconds,
        sum(b.runs * b.share)::float8 as computed,
        sum(b.runs * b.share * least(1, extract(epoch from b.until - greatest(b.claimed_at, h.since)) / greatest(b.took, 0.001)))
            filter (where b.until > h.since)::float8 as lately,
        max(b.took * (1 - b.share) / b.share) filter (where b.share >= 0.1)::float8 as slowest
    from (select now() - (now() - g.started_at) / 2 as since) h
    left join lateral (
        select b.claimed_at, u.until, b.last_position - b.first_position as runs, extract(epoch from u.until - b.claimed_at) as took,
            case when b.status = 'leased' then b.progress / 100.0 else 1 end as share
        from public.run_blocks b
        cross join lateral (select case when b.status = 'leased' then now() else coalesce(b.finished_at, now()) end as until) u
        where b.grid_id = g.id and b.decides and b.status in ('leased', 'computed', 'done') and b.claimed_at is not null
    ) b on true
""")
"""The fields of Course from the blocks of a row `g` of grids. What was reused is in no block, what was cancelled in none that counts.
Of a block that was under way when the second half of the time began the part that lies there counts as late."""


@dataclass(frozen=True)
class Course:
    """How the computing of a submission has gone so far."""

    seconds: float | None
    """Since the first of it began; None: it has not."""
    computed: float | None
    """Runs, and parts of those under way."""
    lately: float | None
    """Those of the second half of the time: workers come and go, and wait for others."""
    slowest: float | None
    """Seconds that the slowest block under way still takes at its own pace; None where that cannot be told yet."""


def seconds_left(course: Course, left: float) -> float | None:
    """left: runs that are still to be computed, parts of those under way taken off. None where nothing is computed yet, never negative.

    Of a grid that may stop early it is the longest that it can take.
    """
    if left <= 0:
        return 0.0
    if not course.seconds or not course.computed:
        return None
    seconds, done = (course.seconds / 2, course.lately) if course.lately else (course.seconds, course.computed)
    # At the end there are fewer blocks than workers: what is left takes as long as the last of them.
    return round(max(left * seconds / done, course.slowest or 0.0), 1)


def seconds_left_of_one(share: float, seconds: float | None) -> float | None:
    """Of a run, a share of which was done in so many seconds of this attempt. None where nothing is done, or nobody computes it now."""
    if seconds is None or share <= 0:
        return None
    return round(max(0.0, seconds) * max(0.0, 1 - share) / share, 1)
