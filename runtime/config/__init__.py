"""Config.toml: what a service consists of (spec marine-runtime.md, "Config.toml")."""

from runtime.config.loading import create_directories, load_config
from runtime.config.model import (
    ModuleConfig,
    ServiceConfig,
    WasiConfig,
    why_not_importable,
)
from runtime.config.sizes import parse_size

__all__ = [
    "ModuleConfig",
    "ServiceConfig",
    "WasiConfig",
    "create_directories",
    "load_config",
    "parse_size",
    "why_not_importable",
]
