"""One ingest: every complete file in landing/ gets an outcome; what can be loaded is bronze.

Belongs here: the order of things (hash, match, read, type, write, commit, archive), the lock and
the batch number. Killed at any moment and started again it gives the same bronze: a file counts
only once its outcome is there. Blocked and unknown files stay in landing/, to be mended; they are
looked at again when they or their contract change.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from baokuan import clock, lock
from baokuan.home import Home
from ingest import outcomes
from ingest.arrive import landing, naming
from ingest.arrive.guard import SENT, Guard, is_manifest
from ingest.arrive.landing import Landed
from ingest.arrive.match import unknown_remedy
from ingest.bronze import bulk, changes, swap, write
from ingest.contract import Contract, load_all
from ingest.erase import person
from ingest.outcomes import Outcome
from ingest.read import any as any_format
from ingest.read.table import BlockedError, NotThisFeedError, Table
from ingest.shape import reshape
from ingest.shape.lookups import Lookups, WaitsForLookupError, pseudo, used_for
from ingest.value import accept
from ingest.value.accept import Engine

Progress = Callable[[str], object]
GROUP_ROWS, GROUP_FILES, GROUP_BYTES = 400_000, 500, 64_000_000
EVERY_SECONDS = 2.0


def ingest_landing(
    home: Home, progress: Progress | None = None, feeds: set[str] | None = None
) -> list[Outcome]:
    """Load what is in landing/; returns the outcomes of this call, by path and contract.

    Args:
        progress: called with a line every few seconds.
        feeds: only files of these feeds; others, unknown ones too, are left alone.

    Raises:
        ContractError: a contract is wrong; nothing has been read.
        LockedError: another ingest is running.
    """
    contracts = load_all()
    home.make()
    with lock.intake(home).held():
        swap.finish(home)
        run = _Run(home, contracts, feeds, progress or str)
        done = run.work(landing.files(home))
        person.again(home, contracts)
        changes.log(home, contracts, run.guard.gone)
        return done


def try_file(
    scratch: Home, landed: Landed, contracts: list[Contract], key: bytes,
    real: Home | None = None, beside: Path | None = None,
) -> list[Outcome]:  # fmt: skip
    """What a run would make of one file: all goes to ``scratch``, the file stays where it is.

    Only look-ups see other files: those of the ``real`` home, and of the folder ``beside``.
    """
    scratch.make()
    return _Run(scratch, contracts, None, str, key, real, beside).work([landed])


@dataclass
class _File:
    """A landed file while its contracts are being worked through."""

    landed: Landed
    digest: str
    open: int = 0  # contracts whose outcome is still to be written
    stays: bool = False  # blocked or unknown: not archived
    settled: bool = False  # some outcome says what became of it


@dataclass
class _Waiting:
    """A small file that has been read and waits to be typed with others of its contract."""

    file: _File
    outcome: Outcome
    table: Table


def _known(home: Home) -> tuple[dict[str, list[Outcome]], int]:
    """Outcomes by content, and the number of the next batch."""
    known: dict[str, list[Outcome]] = {}
    highest = 0
    for outcome in outcomes.read_all(home):
        highest = max(highest, outcome.batch)
        if outcome.status != "duplicate":
            known.setdefault(outcome.content_hash, []).append(outcome)
    return known, highest + 1


class _Run:
    def __init__(
        self, home: Home, contracts: list[Contract], feeds: set[str] | None, progress: Progress,
        key: bytes | None = None, real: Home | None = None, beside: Path | None = None,
    ) -> None:  # fmt: skip
        self.archives = key is None
        self.home, self.contracts, self.feeds, self.progress = home, contracts, feeds, progress
        self.now: datetime = clock.now()
        self.known, self.batch = _known(home)
        self.engine = Engine(key=key)
        self.key = key
        self.large: bulk.Pipeline | None = None
        self.lookups = Lookups(real or home, _known(real)[0] if real else self.known, beside)
        self.guard = Guard(home, self.engine.con)
        self.waiting: dict[str, list[_Waiting]] = {}
        self.by_name = {contract.name: contract for contract in contracts}
        self.done: list[Outcome] = []
        self.in_hand: dict[str, _File] = {}
        self.told = time.monotonic()

    def work(self, files: list[Landed]) -> list[Outcome]:
        try:
            for landed in [item for item in files if self.archives and is_manifest(item)]:
                self._manifest(landed)
            files = [landed for landed in files if not is_manifest(landed)]
            for count, landed in enumerate(files, 1):
                self._file(landed)
                self._tell(f"{count} of {len(files)} files read")
            self._flush_all()
        finally:
            self.engine.close()
            if self.large is not None:
                self.large.close()
        return sorted(self.done, key=lambda outcome: (outcome.source, outcome.contract))

    def _manifest(self, landed: Landed) -> None:
        try:
            self.done += self.guard.take(landed, self.known, self.batch)
        except ValueError as error:
            digest = landing.content_hash(landed.path)
            outcome = self._outcome(_File(landed, digest), None, "unknown")
            outcome.reason = f"not a manifest that can be read: {error}"
            outcome.remedy = "mend it, or take it away: its files are judged without it"
            self._commit(outcome)

    def _tell(self, line: str) -> None:
        if time.monotonic() - self.told >= EVERY_SECONDS:
            self.told = time.monotonic()
            self.progress(line)

    def _file(self, landed: Landed) -> None:
        matching = [c for c in self.contracts if c.matches(landed.relative)]
        if self.feeds is not None:
            matching = [c for c in matching if c.feed in self.feeds]
            if not matching:
                return
        digest = landing.digest(self.home, landed, self.known, bulk.LARGE)
        file = _File(landed, digest)
        if digest in self.in_hand and self.in_hand[digest].open:
            self._flush_all()  # the same content waits to be typed: it must be known first
        self.in_hand[digest] = file
        todo = [c for c in matching if not self._is_known(file, c)]
        file.open = len(todo)
        for contract in todo:
            self._read(file, contract)
        if not todo and matching:
            self._leave(file)
        elif not file.open and not file.settled and not self._for_lookup(file):
            self._unknown(file)

    def _is_known(self, file: _File, contract: Contract) -> bool:
        """Is there an outcome for this content already? If so, settle the file by it."""
        before = [o for o in self.known.get(file.digest, []) if o.contract == contract.name]
        same = [o for o in before if o.named in naming.possible(file.landed)]
        if not same:
            return False
        outcome = same[0]
        file.settled = True
        if outcome.status == "blocked":
            told = outcome.reason.startswith(SENT) or self.guard.names(file.landed.relative)
            again = told or outcome.waits
            if outcome.contract_version != contract.version or again:
                return False
            file.stays = True
            self.done.append(outcome)
        elif outcome.source != file.landed.relative or self._is_archived(file):
            self._duplicate(file, outcome)
        return True  # committed just before an interruption: only the move was missing

    def _is_archived(self, file: _File) -> bool:
        return landing.archived(self.home, file.landed, file.digest).exists()

    def _outcome(self, file: _File, contract: Contract | None, status: str) -> Outcome:
        return naming.outcome(file.landed, file.digest, contract, status, self.batch, self.now)

    def _duplicate(self, file: _File, before: Outcome) -> None:
        outcome = self._outcome(file, self.by_name.get(before.contract), "duplicate")
        path = hashlib.sha256(file.landed.relative.encode()).hexdigest()[:8]
        outcome.file_id = f"{before.file_id}-again-{path}"
        outcome.duplicate_of = before.file_id
        outcome.reason = f"same content as {before.source}"
        outcome.rows_in_file = outcome.rows_held = before.rows_in_file
        self._commit(outcome)

    def _unknown(self, file: _File) -> None:
        outcome = self._outcome(file, None, "unknown")
        outcome.reason = "no contract matches this file"
        outcome.remedy = unknown_remedy(file.landed, self.contracts)
        file.stays = True
        before = [o for o in self.known.get(file.digest, []) if o.status == "unknown"]
        if before and before[0].remedy == outcome.remedy:
            self.done.append(before[0])
        else:
            self._commit(outcome)

    def _for_lookup(self, file: _File) -> bool:
        """A file that contracts only look things up in is kept in the archive for them."""
        mine = used_for(file.landed.relative, self.contracts)
        if mine is None:
            return False
        outcome = self._outcome(file, None, "lookup")
        before = [o for o in self.known.get(file.digest, []) if o.status == "lookup"]
        if before and before[0].source == file.landed.relative and not self._is_archived(file):
            self._leave(file)  # committed just before an interruption
            return True
        try:
            table = any_format.read(self.engine.con, file.landed.path, pseudo(mine))
        except BlockedError as error:
            outcome.file_id = f"{outcome.file_id}-lookup"
            file.open = 1
            self._block(file, outcome, error)
            return True
        outcome.reason, outcome.rows_in_file = f"read by look-up '{mine.name}'", table.rows_in_file
        looked_up = table.rows_in_file - sum(table.skipped.values())
        outcome.rows_skipped = table.skipped | {"lookup": looked_up}
        file.settled = True
        self._commit(outcome)
        self._leave(file)
        return True

    def _read(self, file: _File, contract: Contract) -> None:
        outcome = self._outcome(file, contract, "loaded")
        try:
            if bulk.is_large(file.landed, contract):
                self._read_large(file, contract, outcome)
                return
            table = any_format.read(self.engine.con, file.landed.path, contract)
            if contract.reshapes:
                where, find = file.landed.relative, self.lookups.find
                table = reshape.apply(self.engine.con, table, contract, where, find)
        except BlockedError as error:
            self._block(file, outcome, error)
            return
        except NotThisFeedError:
            file.open -= 1
            return
        except duckdb.Error as error:
            self._statement_failed(file, outcome, contract, error, 0)
            return
        file.settled = True
        self._name(file, outcome, contract, table)
        if table.data.num_rows == 0 and not table.bad:
            self._empty(file, outcome, table)
            return
        group = self.waiting.setdefault(contract.name, [])
        group.append(_Waiting(file, outcome, table))
        if (
            len(group) >= GROUP_FILES
            or sum(item.table.data.num_rows for item in group) >= GROUP_ROWS
            or sum(item.outcome.bytes for item in group) >= GROUP_BYTES
        ):
            self._flush(contract.name)

    def _name(self, file: _File, outcome: Outcome, contract: Contract, table: Table) -> None:
        """Settle the file id."""
        outcome.named = naming.told(file.landed, contract, table)
        outcome.file_id = naming.file_id(outcome)

    def _read_large(self, file: _File, contract: Contract, outcome: Outcome) -> None:
        self.large = self.large or bulk.Pipeline(self.key)

        def name_it(table: Table) -> None:
            self._name(file, outcome, contract, table)

        try:
            self.large.load(self.home, file.landed, contract, outcome, self.now, name_it,
                            self.lookups.find, self._tell)  # fmt: skip
        except duckdb.Error as error:
            self._statement_failed(file, outcome, contract, error, 0)
            return
        file.settled = True
        self._finish([(file, outcome)])

    def _empty(self, file: _File, outcome: Outcome, table: Table) -> None:
        outcome.status, outcome.encoding, outcome.warnings = "empty", table.encoding, table.warnings
        outcome.rows_in_file, outcome.rows_skipped = table.rows_in_file, table.skipped
        file.stays |= self.guard.judge(outcome, self.by_name[outcome.contract], self.known)
        self._commit(outcome)
        self._close(file)

    def _block(self, file: _File, outcome: Outcome, error: BlockedError) -> None:
        outcome.status, outcome.reason, outcome.remedy = "blocked", error.reason, error.remedy
        outcome.rows_in_file = outcome.rows_held = error.rows
        outcome.waits = isinstance(error, WaitsForLookupError)
        file.stays = file.settled = True
        self._commit(outcome)
        self._close(file)

    def _flush_all(self) -> None:
        for name in sorted(self.waiting):
            self._flush(name)

    def _flush(self, name: str) -> None:
        """Type, write and commit the files that wait for one contract."""
        group = self.waiting.pop(name, [])
        if not group:
            return
        contract = self.by_name[name]
        parts = [(item.table.data, item.file.landed.file_date) for item in group]
        hints = group[0].table.hints
        for item in group[1:]:
            hints |= item.table.hints
        try:
            kept, noted = self.engine.type_rows(contract, parts, hints)
        except duckdb.Error as error:
            if len(group) > 1:  # one file may lack a column that an expression names
                for one in group:
                    self.waiting[name] = [one]
                    self._flush(name)
            else:
                rows = group[0].table.rows_in_file
                self._statement_failed(group[0].file, group[0].outcome, contract, error, rows)
            return
        for item, mine, doubts in zip(
            group, accept.by_file(kept, len(group)), accept.by_file(noted, len(group)), strict=True
        ):
            write.write_small(self.home, contract, item.outcome, item.table, mine, doubts, self.now)
        self._finish([(item.file, item.outcome) for item in group])

    def _finish(self, group: list[tuple[_File, Outcome]]) -> None:
        """Commit: data reach the disk before the outcomes that vouch for them."""
        for file, outcome in group:
            if outcome.file_date is None:
                outcome.file_date = clock.as_of(self.now).isoformat()
            file.stays |= self.guard.judge(outcome, self.by_name[outcome.contract], self.known)
        some = [outcome for _, outcome in group]
        outcomes.to_disk(self.home, some, records=False)
        for outcome in some:
            self._commit(outcome)
        outcomes.to_disk(self.home, some, records=True)
        for file, _ in group:
            self._close(file)

    def _statement_failed(
        self, file: _File, outcome: Outcome, contract: Contract, error: duckdb.Error, rows: int
    ) -> None:
        """A contract's own SQL does not fit the file; its text is safe to show, values are not."""
        if not contract.rules and not any(column.expr for column in contract.columns):
            raise error
        shown = str(error).split("\n")[0] if isinstance(error, duckdb.BinderException) else ""
        blocked = BlockedError(
            f"an expression or rule of contract {contract.name} fails. {shown}".strip(),
            f"mend 'expr' or 'rules' in {contract.file}",
            rows,
        )
        self._block(file, outcome, blocked)

    def _commit(self, outcome: Outcome) -> None:
        outcomes.write(self.home, outcome)
        self.done.append(outcome)
        if outcome.status != "duplicate":
            entries = self.known.setdefault(outcome.content_hash, [])
            entries[:] = [o for o in entries if o.file_id != outcome.file_id] + [outcome]

    def _close(self, file: _File) -> None:
        file.open -= 1
        if file.open == 0:
            self._leave(file)

    def _leave(self, file: _File) -> None:
        """All contracts have their outcome: the original goes to the archive."""
        if self.archives and not file.stays and file.open == 0:
            landing.archive(self.home, file.landed, file.digest)
