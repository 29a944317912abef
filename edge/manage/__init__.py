"""What an admin can do, once: operations, rules, tokens, explain; behind API, command line and console."""
