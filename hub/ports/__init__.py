"""Protocols that the flow needs from the outside. Adapters implement them; only the bootstrap chooses which."""

from hub.ports.rows import (
    Checkpoint as Checkpoint,
)
from hub.ports.rows import (
    CommandRow as CommandRow,
)
from hub.ports.rows import (
    FactRow as FactRow,
)
from hub.ports.rows import (
    FaultRow as FaultRow,
)
from hub.ports.rows import (
    InboxRow as InboxRow,
)
from hub.ports.rows import (
    OutboxRow as OutboxRow,
)
from hub.ports.rows import (
    Quarantined as Quarantined,
)
from hub.ports.store import (
    Store as Store,
)
from hub.ports.store import (
    Tx as Tx,
)
from hub.ports.world import (
    Accepted as Accepted,
)
from hub.ports.world import (
    BadInput as BadInput,
)
from hub.ports.world import (
    Clock as Clock,
)
from hub.ports.world import (
    DeviceLink as DeviceLink,
)
from hub.ports.world import (
    Ears as Ears,
)
from hub.ports.world import (
    Entry as Entry,
)
from hub.ports.world import (
    Envelope as Envelope,
)
from hub.ports.world import (
    InDoubt as InDoubt,
)
from hub.ports.world import (
    InUse as InUse,
)
from hub.ports.world import (
    Log as Log,
)
from hub.ports.world import (
    Notifier as Notifier,
)
from hub.ports.world import (
    Outcome as Outcome,
)
from hub.ports.world import (
    TextCheck as TextCheck,
)
from hub.ports.world import (
    TryLater as TryLater,
)
from hub.ports.world import (
    Undeliverable as Undeliverable,
)
from hub.ports.world import (
    Window as Window,
)
from hub.ports.world import (
    Words as Words,
)
