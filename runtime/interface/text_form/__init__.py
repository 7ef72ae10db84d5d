"""The text form of interface types: printer and parser (spec interface-types.md, "Text form").

Two things are written beyond the original's form, where that cannot say what a section holds:

- Names that need it stand in quotes, `$"a name": u8`, and strings have WebAssembly's escapes.
- `(@interface block type)` begins a block. It is printed only for a section whose blocks do not
  stand in the encoders' order, each kind once and none empty. A text with such a line keeps its
  blocks in the text's order; a text without one gives the encoders' order, whatever its own.
"""

from runtime.interface.text_form.parsing import parse_section_text
from runtime.interface.text_form.printing import section_text

__all__ = ["parse_section_text", "section_text"]
