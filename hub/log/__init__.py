"""The telemetry log: the durable, ordered, partitioned record of accepted telemetry. Adapters of `hub.ports.Log`."""
