"""The fused engine: adapters compiled to WebAssembly modules that lie between a service's modules.

The way through it: `fusible` says which adapters can be compiled, `module_text` writes them as the
text of a module (`adapter_text` the adapters, `lifting` and `lowering` what they need for their
types); `runtime.fusion` makes an instance of it and binds imports to it through a `stub`. Values
under way lie in `staging`, where `packing` puts the host's and `unpacking` finds results; `faults`
turns what glue finds wrong into the interpreter's errors.
"""
