"""The end of data: somebody erases what is kept about them, and what nobody needs any more is removed by itself.

What becomes of each table is declared by the room that keeps it (`kernel/erasing.py`, `kernel/retention.py`). This room asks,
shows what will happen, does it in steps that survive a crash, and does it again after a backup was restored. It stands after
every room that it calls (`consents` takes consents back, `committee` keeps objections) and before those that offer erasing
to other systems.
"""
