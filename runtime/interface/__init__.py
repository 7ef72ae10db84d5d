"""Interface types V1: types and values, the binary section, validation, generation."""
