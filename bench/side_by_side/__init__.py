"""Lyceum beside other servers, under the same load."""
