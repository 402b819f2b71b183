"""The engineer's window, put together: pages, window, and the desk that runs them."""
