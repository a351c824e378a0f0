"""A page on which a newcomer lives in the simulated world: a telephone with texts and calls, a smart speaker, and devices
that can be broken. It drives the hub's real hooks through the simulated carrier, telephone company and Alexa cloud."""
