"""`make chaos`: people hand in while workers, broker and database are killed under their hands.

`devtools.chaos` starts the real servers, kills and restarts them, and calls, in this order:
`benchmarks.deadline.world` (authorities with complete drafts), `due` (reminders become due
meanwhile), `mailbox` (a mail server that notes what comes in), `visitors` (hand in, and try again
as people do), `verdict` (is anything lost, doubled or half?). A run of less than a minute goes by
`settings`.
"""
