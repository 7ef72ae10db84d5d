"""Config.toml: what a service consists of (spec marine-runtime.md, "Config.toml")."""
