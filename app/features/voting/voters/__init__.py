"""Who votes: the list they stand on, where and by which ways they may vote, and how they showed who they are."""
