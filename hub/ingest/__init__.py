"""How telemetry gets in: the MQTT source, decoders of conventions, the clocks of devices, and the way back to them."""
