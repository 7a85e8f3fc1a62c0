"""The `.pb` format of Pabulib: a whole participatory budgeting election in one text file."""

from app.features.counting.pb.digest import Digests
from app.features.counting.pb.errors import PbError, PbNotice
from app.features.counting.pb.limits import Limits
from app.features.counting.pb.model import PbHead, PbMeta, PbProject, PbVote
from app.features.counting.pb.reader import PbElection, read_election

__all__ = [
    "Digests",
    "Limits",
    "PbElection",
    "PbError",
    "PbHead",
    "PbMeta",
    "PbNotice",
    "PbProject",
    "PbVote",
    "read_election",
]
