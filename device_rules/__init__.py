"""Rules over the readings of connected devices: a library by itself, pure, told and never asking.

`RuleBook.parse` reads a book, `Engine.judge` takes the log's records and answers fault changes.
"""

from device_rules.book import RuleBook as RuleBook
from device_rules.engine import Engine as Engine
from device_rules.explain import Why as Why
from device_rules.explain import as_text as as_text
from device_rules.fault import ChangeKind as ChangeKind
from device_rules.fault import Evidence as Evidence
from device_rules.fault import FaultChange as FaultChange
from device_rules.fault import Leaf as Leaf
from device_rules.fault import Severity as Severity
from device_rules.fault import fault_id as fault_id
from device_rules.open_fault import OpenFault as OpenFault
from device_rules.reading import Describe as Describe
from device_rules.reading import Event as Event
from device_rules.reading import Presence as Presence
from device_rules.reading import PresenceState as PresenceState
from device_rules.reading import Reading as Reading
from device_rules.reading import Record as Record
from device_rules.reading import Tick as Tick
from device_rules.reading import Value as Value
from device_rules.yaml_file import BookError as BookError
from device_rules.yaml_file import Document as Document
from device_rules.yaml_file import load_yaml as load_yaml
