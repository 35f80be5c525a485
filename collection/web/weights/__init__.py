"""Estimates still to be replaced: the queue, who sees to what, and the weighing itself."""
