"""Each module its own WASI in one store: see `store_wasi`."""
