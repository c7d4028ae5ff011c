"""The receipts of every step, in the places where they belong, checked against each other.

A project receipt depends on the repository alone and lies in `.migration/`, to be committed. A site
receipt names one source and one target and lies in `.migration/site/` and in the target, so that
neither alone can be lost, brought along from elsewhere or made up by a slip.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from migration.errors import EvidenceError
from migration.evidence.receipt import Chain, Receipt, begin, extend
from migration.evidence.store import FileStore, Store, TargetStore
from migration.site import Site


@dataclass(frozen=True)
class Entry:
    """What the ledger holds of a step, and why it cannot be trusted, if it cannot."""

    chain: Chain | None
    trouble: str | None

    @property
    def receipt(self) -> Receipt | None:
        """The newest receipt."""
        return self.chain.receipt if self.chain else None


class Ledger:
    """Reads and adds receipts. `target` is None while the target has no table for them."""

    def __init__(self, *, project: Store, site: Store, target: TargetStore | None) -> None:
        self._project = project
        self._site = site
        self._target = target

    def read(self, step: str, *, committed: bool) -> Entry:
        """Return what is kept of a step, compared between the places that keep it."""
        try:
            if committed:
                return _checked(self._project.read(step))
            here = self._site.read(step)
            if self._target is None:
                return _checked(here)
            return _agreed(here, self._target.read(step))
        except EvidenceError as error:
            return Entry(None, f"{error.what}: {error.why}")

    def append(self, receipt: Receipt, *, committed: bool) -> None:
        """Add a receipt; where the chain cannot be trusted, begin a new one that says why."""
        entry = self.read(receipt.step, committed=committed)
        if entry.chain is None or entry.trouble:
            chain = begin(replace(receipt, chain_begun_because=entry.trouble))
        else:
            chain = extend(entry.chain, receipt)
        if self._target is not None and not committed:
            self._target.write(chain)
        (self._project if committed else self._site).write(chain)


@contextmanager
def open_ledger(site: Site) -> Iterator[Ledger]:
    """Open the ledger of a site, with the target's half of it where there is one."""
    project, local = FileStore(site.config.evidence), _local(site)
    if not site.has_target():
        yield Ledger(project=project, site=local, target=None)
        return
    with site.target() as connection:
        store = TargetStore(connection)
        yield Ledger(project=project, site=local, target=store if store.exists() else None)


def found_in_target(store: TargetStore, site: Site, *, steps: tuple[str, ...]) -> None:
    """Create the target's half of the ledger and bring it the receipts from before it existed."""
    if store.exists():
        return
    store.create()
    ledger = Ledger(project=FileStore(site.config.evidence), site=_local(site), target=None)
    for step in steps:
        entry = ledger.read(step, committed=False)
        if entry.chain is not None and entry.trouble is None:
            store.write(entry.chain)


def _local(site: Site) -> FileStore:
    return FileStore(site.config.site / "receipts")


def _checked(chain: Chain | None) -> Entry:
    return Entry(chain, chain.fault() if chain else None)


def _agreed(here: Chain | None, there: Chain | None) -> Entry:
    if here is None and there is None:
        return Entry(None, None)
    if here is None:
        return Entry(there, "its receipt is in the target only, not in .migration/site")
    if there is None:
        return Entry(here, "its receipt is in .migration/site only, not in the target")
    fault = here.fault()
    if fault:
        return Entry(here, fault)
    if there.fault():
        return Entry(here, f"in the target, {there.fault()}")
    if here != there:
        return Entry(here, "its receipts in .migration/site and in the target are not the same")
    return Entry(here, None)
