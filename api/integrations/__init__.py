"""What the application says to the world outside: mail, text messages, the model provider.

Each is an interface with a real implementation and an offline one, which is deterministic and
the default where nothing is configured. Both report every message through `runtime.emit`.

Files for the world outside are pure functions of what they show: PDF (in a typeface of its own)
and FHIR.
"""
