"""A carrier to try the hub with: Twilio's REST API, callbacks and inbound texts, with a menu of faults."""

from simulators.carrier.account import Account
from simulators.carrier.carrier import Carrier
from simulators.carrier.exchange import Asked
from simulators.carrier.menu import Fault, Kind
from simulators.carrier.message import Message, Status
from simulators.carrier.webhooks import Posted

__all__ = ["Account", "Asked", "Carrier", "Fault", "Kind", "Message", "Posted", "Status"]
