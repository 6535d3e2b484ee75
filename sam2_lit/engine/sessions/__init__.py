"""One user's work on one video: state, commands, propagation, recovery after a resume."""
