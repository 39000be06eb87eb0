"""The access log: durable before an answer leaves, in a tree that shows every change made to it afterwards."""
