"""When the house turns: jobs, their schedules, and the sensor on the landing folder."""

import dagster as dg

from baokuan.home import Home
from ingest.outcomes import PROBLEMS, read_all
from orchestration import landing
from orchestration.defs.resources import KIND_TAG

ZONE = "Asia/Shanghai"
EVERYTHING = dg.AssetSelection.all()

nightly = dg.define_asset_job(
    "nightly",
    selection=EVERYTHING,
    tags={KIND_TAG: "nightly"},
    description="Take in, build, check, publish; the board of the last closed business day.",
)
intraday = dg.define_asset_job(
    "intraday",
    selection=EVERYTHING,
    tags={KIND_TAG: "intraday"},
    description="The same for what arrived since; publishes an intraday version.",
)

nightly_schedule = dg.ScheduleDefinition(
    name="nightly_0530",
    job=nightly,
    cron_schedule="30 5 * * *",
    execution_timezone=ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)


@dg.schedule(
    name="intraday_quarter_hours",
    job=intraday,
    cron_schedule="*/15 9-22 * * *",
    execution_timezone=ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def intraday_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Catches what the sensor may have missed; a landing folder without new files needs no run."""
    home = Home.from_env()
    judged = [(o.source, o.bytes) for o in read_all(home) if o.status in PROBLEMS]
    new = landing.not_judged(landing.listing(home.landing), judged)
    return dg.RunRequest() if new else dg.SkipReason("no new file lies in landing")


@dg.sensor(
    name="file_arrival",
    job=intraday,
    minimum_interval_seconds=20,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def file_arrival(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for an intraday run when new files in landing have stopped growing."""
    decision = landing.decide(landing.listing(Home.from_env().landing), context.cursor)
    context.update_cursor(decision.cursor)
    if decision.run_key is None:
        growing = ", ".join(decision.waiting[:5])
        return dg.SkipReason(f"still growing: {growing}" if growing else "no new file")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=decision.run_key)])
