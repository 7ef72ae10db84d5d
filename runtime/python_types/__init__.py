"""Python types that stand for interface types: annotations and classes of records."""
