"""The page of a ballot: what it shows and says, what a voter has marked, and what is kept of it before it is cast."""
