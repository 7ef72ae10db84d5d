"""The tool `marine`: look into, stamp, build and start modules (spec mrepl.md, "marine")."""
