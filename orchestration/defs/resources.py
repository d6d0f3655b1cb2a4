"""The session as a Dagster resource: it lives as long as the run, so its end is the run's end."""

import contextlib
from collections.abc import Iterator

import dagster as dg

from baokuan.home import Home
from orchestration import instance
from orchestration.failures import RETRIES, SECONDS_BETWEEN, is_transient
from orchestration.session import Session, open_session

KIND_TAG = "baokuan/kind"
FULL_REFRESH_TAG = "baokuan/full_refresh"


@dg.resource(description="One run's lock, books and ending: ops is renewed on failure as well.")
def session(context: dg.InitResourceContext) -> Iterator[Session]:
    instance.spare_flushes()
    run, log = context.run, context.log
    assert run is not None, "a session only exists within a run"
    current = Session(
        home=Home.from_env(),
        run_id=run.run_id,
        job=run.job_name,
        kind=run.tags.get(KIND_TAG, "intraday"),
        publishes=KIND_TAG in run.tags,
        full_refresh=run.tags.get(FULL_REFRESH_TAG) == "true",
        say=log.info if log else print,
    )
    with open_session(current) as opened:
        yield opened


StepContext = dg.AssetExecutionContext | dg.AssetCheckExecutionContext


@contextlib.contextmanager
def attempt(context: StepContext, name: str) -> Iterator[Session]:
    """Around a step's work: keeps the reason of a failure, asks for a retry where that may help."""
    step = context.op_execution_context
    current: Session = step.resources.session
    if step.retry_number:
        current.recover()
    try:
        with current.step(name):
            yield current
    except Exception as error:
        if is_transient(error):
            raise dg.RetryRequested(RETRIES, SECONDS_BETWEEN) from error
        raise
