"""What a module says of itself as the shell and `marine` show it: `info`."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from mrepl.section_listing import interface_section
from mrepl.text.escaping import escape_line
from mrepl.text.marked_text import Mark, MarkedText, Span
from runtime import JsonValue
from runtime.interface.metadata import (
    INTERFACE_SECTION,
    MANIFEST_SECTION,
    SDK_VERSION_SECTION,
    Manifest,
    ModuleMetadata,
)

_RFC_3339 = re.compile(
    r"(?P<whole>\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)"
    r"(?P<fraction>\.\d+)?"
    r"(?P<zone>[Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)


_NONE: Mapping[str, str] = MappingProxyType({})


def information_listing(
    metadata: ModuleMetadata, *, module: str, unreadable: Mapping[str, str] = _NONE
) -> MarkedText:
    """One line for each thing that the module says, and for what it does not say.

    Args:
        metadata: the module's.
        module: its name, for errors.
        unreadable: why a custom section cannot be read, by its name.

    Raises:
        InterfaceError: its interface types are corrupted or there several times, and `unreadable`
            does not say so.
    """
    manifest = metadata.manifest
    parts = {
        "it version": (_interface_version(metadata, module, unreadable), INTERFACE_SECTION),
        "sdk version": (metadata.sdk_version, SDK_VERSION_SECTION),
    }
    if manifest is None:
        parts["manifest"] = (None, MANIFEST_SECTION)
    else:
        parts |= {name: (value, MANIFEST_SECTION) for name, value in _manifest_parts(manifest)}
    return tuple(
        span
        for name, (value, section) in parts.items()
        for span in (Span(f"{name + ':':<13}"), _value(value, section, unreadable.get(section)))
    )


def information_json(
    metadata: ModuleMetadata, *, module: str, unreadable: Mapping[str, str] = _NONE
) -> dict[str, JsonValue]:
    """The same as data: null for what is absent, the build time as it was written.

    What is unreadable is null too; `unreadable` then says why.

    Raises:
        InterfaceError: as for `information_listing`.
    """
    manifest = metadata.manifest
    reasons: dict[str, JsonValue] = {"unreadable": dict(unreadable)} if unreadable else {}
    return {
        "it_version": _interface_version(metadata, module, unreadable),
        "sdk_version": metadata.sdk_version,
        "manifest": None
        if manifest is None
        else {
            "authors": manifest.authors,
            "version": manifest.version,
            "description": manifest.description,
            "repository": manifest.repository,
            "build_time": manifest.build_time,
        },
        **reasons,
    }


def utc_text(rfc_3339: str) -> str:
    """The time in UTC, `2024-05-01 10:00:00.25 UTC`; what is no such time, as it is."""
    match = _RFC_3339.fullmatch(rfc_3339)
    if match is None:
        return rfc_3339
    zone = "+00:00" if match["zone"] in {"Z", "z"} else match["zone"]
    try:
        time = datetime.fromisoformat(match["whole"].upper() + zone).astimezone(UTC)
    except (ValueError, OverflowError):  # no such day; before the year 1
        return rfc_3339
    # Python's own fractions end at microseconds; an offset leaves them as they are.
    whole = time.replace(tzinfo=None).isoformat(" ")
    return f"{whole}{match['fraction'] or ''} UTC"


def _interface_version(
    metadata: ModuleMetadata, module: str, unreadable: Mapping[str, str]
) -> str | None:
    if not metadata.interface_sections or INTERFACE_SECTION in unreadable:
        return None
    return interface_section(metadata, module=module).version


def _manifest_parts(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    return (
        ("authors", manifest.authors),
        ("version", manifest.version),
        ("description", manifest.description),
        ("repository", manifest.repository),
        ("build time", utc_text(manifest.build_time)),
    )


def _value(value: str | None, section: str, unreadable: str | None) -> Span:
    if unreadable is not None:
        return Span(f"unreadable (custom section '{section}')\n", Mark.ERROR)
    if value is None:
        return Span(f"absent (no custom section '{section}')\n", Mark.FAINT)
    if not value:
        return Span("empty\n", Mark.FAINT)
    return Span(f"{escape_line(value)}\n")
