"""The program as a process: its streams, terminal, arguments, exit status and worker thread."""
