"""The live store: a running Home Assistant, over its WebSocket.

`store.open_live_store` opens one. `protocol` is what Home Assistant says, without a socket;
`connection` is the socket. What may not live here: what a change means, or when to make one.
"""
