"""The verbs of the command line, one by one."""
