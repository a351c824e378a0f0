"""The store: everything the hub keeps, on SQLite or PostgreSQL. Only the bootstrap opens it."""

from hub.store.erasure_file import ErasureFile as ErasureFile
from hub.store.opening import newest as newest
from hub.store.opening import open_store as open_store
from hub.store.opening import upgrade as upgrade
from hub.store.opening import version as version
from hub.store.rows import fingerprint as fingerprint
from hub.store.sql import SqlStore as SqlStore
