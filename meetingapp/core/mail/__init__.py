"""Mail: letters and calendar objects as bytes, the ledger of what was sent, and the socket."""
