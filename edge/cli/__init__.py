"""`edgewise`: the command line. It serves, and otherwise speaks the Config API like any other client."""
