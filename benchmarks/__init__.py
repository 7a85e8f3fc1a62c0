"""`make bench`: figures of Plaza on this machine, one JSON line each. benchmarks/README.md says how to add one."""
