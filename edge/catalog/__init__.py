"""The catalog: destination definitions, one TOML file each, their checks, and the files of a release."""
