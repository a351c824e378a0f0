"""A world to try the hub in: broker, devices, people, carrier: real servers and clients on real wire protocols.

Simulators know nothing of the hub but its clock, so that whatever works with them works with the real thing.
"""
