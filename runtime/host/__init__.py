"""What the host offers to modules: functions and their types, as plain data without the engine."""
