"""The ground: wasmtime, one store a service. Nothing above imports wasmtime itself."""
