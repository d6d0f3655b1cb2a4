"""One run: every complete file in landing/ gets an outcome; what can be loaded is bronze.

Belongs here: the order of identify, read, judge and commit, and which small files go together.
Killed at any moment and started again it gives the same bronze: a file counts only once its outcome
is there. Blocked and unknown files stay in landing/, to be mended; they are looked at again when
they or their contract change.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from baokuan import clock, lock
from baokuan.home import Home
from ingest import outcomes
from ingest.arrive import landing
from ingest.arrive.guard import Guard, is_manifest
from ingest.arrive.known import Known
from ingest.arrive.landing import Landed
from ingest.bronze import bulk, changes, swap
from ingest.contract import Contract, load_all
from ingest.erase import person
from ingest.load.background import Background
from ingest.load.commit import Commit
from ingest.load.identify import Identify
from ingest.load.items import File, Item, own_sql
from ingest.load.judge import Judge
from ingest.load.read import Read
from ingest.outcomes import Outcome
from ingest.read.table import BlockedError, NotThisFeedError
from ingest.shape.lookups import Lookups, used_for
from ingest.value.accept import Engine

Progress = Callable[[str], object]
GROUP_ROWS, GROUP_FILES, GROUP_BYTES = 200_000, 250, 32_000_000
PASSED_ROWS, PASSED_FILES = 20_000, 50  # enough to be typed once another contract's files come
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
        known = Known(outcomes.read_all(home))
        run = _Run(home, contracts, known, Lookups(home, known), feeds=feeds, progress=progress)
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
    known = Known(outcomes.read_all(scratch))
    seen = Known(outcomes.read_all(real)) if real else known
    lookups = Lookups(real or scratch, seen, beside)
    return _Run(scratch, contracts, known, lookups, key=key, archives=False).work([landed])


class _Waiting:
    """Small files that have been read, until enough of a contract are there to be typed at once.

    ``digests``: contents that are read and not known yet, as their outcomes are still to come.
    """

    def __init__(self) -> None:
        self.groups: dict[str, list[Item]] = {}
        self.rows: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()
        self.digests: Counter[str] = Counter()
        self.last = ""

    def add(self, item: Item) -> list[list[Item]]:
        """Put an item to its group; returns the groups that need not wait any longer: the one
        that is full, and a large one whose contract's files seem to have passed."""
        name, passed = item.outcome.contract, self.last
        self.last = name
        group = self.groups.setdefault(name, [])
        group.append(item)
        self.digests[item.file.digest] += 1
        self.rows[name] += item.table.data.num_rows if item.table else 0
        self.bytes[name] += item.outcome.bytes
        ready = []
        if passed != name and passed in self.groups:
            many = len(self.groups[passed]) >= PASSED_FILES or self.rows[passed] >= PASSED_ROWS
            ready += [passed] if many else []
        if (
            len(group) >= GROUP_FILES
            or self.rows[name] >= GROUP_ROWS
            or self.bytes[name] >= GROUP_BYTES
        ):
            ready.append(name)
        return [self._take(name) for name in ready]

    def take(self) -> list[list[Item]]:
        """Every group, whatever its size."""
        return [self._take(name) for name in sorted(self.groups)]

    def _take(self, name: str) -> list[Item]:
        del self.rows[name], self.bytes[name]
        return self.groups.pop(name)

    def done(self, group: list[Item]) -> None:
        """These are known now."""
        self.digests.subtract(item.file.digest for item in group)


class _Run:
    def __init__(
        self, home: Home, contracts: list[Contract], known: Known, lookups: Lookups, *,
        key: bytes | None = None, feeds: set[str] | None = None, archives: bool = True,
        progress: Progress | None = None,
    ) -> None:  # fmt: skip
        self.home, self.contracts, self.known, self.lookups = home, contracts, known, lookups
        self.archives, self.progress = archives, progress or str
        self.now = clock.now()
        self.engine, self.large = Engine(key=key), bulk.Pipeline(key)
        self.guard = Guard(home, self.engine.con)
        self.identify = Identify(home, contracts, feeds, known, self.guard, self.now)
        self.read = Read(self.engine.con, lookups)
        self.judge = Judge(home, Engine(key=key), self.guard, known, self.now)
        self.typing = Background(self.judge)
        self.commit = Commit(home, known, archives)
        self.waiting = _Waiting()
        self.started = self.told = time.monotonic()

    def work(self, files: list[Landed]) -> list[Outcome]:
        """Give every file its outcomes."""
        with closing(self.engine), closing(self.large), closing(self.typing):
            for landed in files:
                if is_manifest(landed) and self.archives:
                    self._manifest(landed)
            files = [landed for landed in files if not is_manifest(landed)]
            for count, landed in enumerate(files, 1):
                self._file(landed)
                self._tell(f"{count} of {len(files)} files read")
            self._type_waiting()
            self.commit.flush()
        return sorted(self.commit.done, key=lambda outcome: (outcome.source, outcome.contract))

    def _tell(self, line: str) -> None:
        if time.monotonic() - self.told >= EVERY_SECONDS:
            self.told = time.monotonic()
            self.progress(f"{line} after {self.told - self.started:.0f} s")

    def _manifest(self, landed: Landed) -> None:
        try:
            for changed in self.guard.take(landed, self.known):
                self.commit.say(changed)
        except ValueError as error:
            file = File(landed, landing.content_hash(landed.path), stays=True)
            item = self.identify.item(file, None, "unknown")
            item.outcome.reason = f"not a manifest that can be read: {error}"
            item.outcome.remedy = "mend it, or take it away: its files are judged without it"
            self.commit.add([item])

    def _file(self, landed: Landed) -> None:
        file = self.identify.file(landed)
        if file is None:
            return
        if self.waiting.digests[file.digest]:
            self._type_waiting()  # the same content must be known first
        items = self.identify.items(file)
        for found in items:
            if isinstance(found, Outcome):
                self.commit.say(found)
            elif found.outcome.status == "duplicate":
                self.commit.add([found])
            else:
                self._read(found)
        if not file.settled:
            self._unclaimed(file)
        elif not items:
            self.commit.leave(file)

    def _unclaimed(self, file: File) -> None:
        """A file that no contract takes: some read it for a look-up, or it is unknown."""
        step = used_for(file.landed.relative, self.contracts)
        if step is None:
            found = self.identify.unknown(file)
            if isinstance(found, Outcome):
                self.commit.say(found)
            else:
                self.commit.add([found])
        elif self.identify.is_kept(file):
            self.commit.leave(file)
        else:
            item = self.identify.item(file, None, "lookup")
            try:
                self.read.for_lookup(item, step)
            except BlockedError as error:
                item.outcome.file_id += "-lookup"
                item.block(error)
            self.commit.add([item])

    def _read(self, item: Item) -> None:
        contract, landed = item.contract, item.file.landed
        assert contract is not None
        try:
            if bulk.is_large(landed, contract):
                with own_sql(contract):
                    self.large.load(self.home, landed, contract, item.outcome, self.now,
                                    self.lookups.find, self._tell)  # fmt: skip
                self._alone(item)
                return
            item.table = self.read.rows(item)
        except BlockedError as error:
            self.commit.add([item.block(error)])
            return
        except NotThisFeedError:
            item.drop()
            self.commit.leave(item.file)
            return
        if item.table.data.num_rows == 0 and not item.table.bad:
            self.judge.empty(item)
            self._alone(item)
        else:
            for group in self.waiting.add(item):
                self._type(group)

    def _type_waiting(self) -> None:
        for group in self.waiting.take():
            self._type(group)
        self._typed()

    def _type(self, group: list[Item]) -> None:
        self._typed()
        self.typing.begin(group)

    def _typed(self) -> None:
        """Commit the group that was typed meanwhile."""
        group = self.typing.group
        try:
            self.typing.end()
        except BlockedError as error:
            if len(group) == 1:
                self.commit.add([group[0].block(error)])
            else:
                for one in group:  # one file may lack a column that an expression names
                    self.waiting.digests[one.file.digest] += 1
                    self._type([one])
                    self._typed()
        else:
            self._judged(group)
        self.waiting.done(group)

    def _alone(self, item: Item) -> None:
        """Judge a file that was not typed with others, after those of its contract that were."""
        if any(other.contract is item.contract for other in self.typing.group):
            self._typed()
        self._judged([item])

    def _judged(self, items: list[Item]) -> None:
        for item in items:
            self.judge.whole(item)
        if items:
            self.commit.add(items)
