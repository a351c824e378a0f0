"""Signed inbound hooks: verify, parse, hand to the flow. A request that is not genuine changes nothing."""
