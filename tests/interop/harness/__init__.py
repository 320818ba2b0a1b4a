"""What the interop tests share: a network of their own, a server, clients, and failures that explain themselves."""
