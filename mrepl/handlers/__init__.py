"""What the commands of the shell do; the table in `mrepl.commands` names each handler."""
