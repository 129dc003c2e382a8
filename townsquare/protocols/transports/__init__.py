"""What carries the protocol's messages: queues within a process, or an MQTT broker."""
