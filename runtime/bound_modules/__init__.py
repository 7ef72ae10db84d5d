"""Loaded modules as Python objects: `service.modules.greeting.greeting("John")`."""
