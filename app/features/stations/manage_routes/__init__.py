"""The doors of this room: the desk, the lists, the counting, ballots from scans, the second reading, outer envelopes."""

from app.features.stations.manage_routes import counting, desk, envelopes, overview, scans, second, typing

blueprints = [overview.bp, desk.bp, counting.bp, typing.bp, scans.bp, second.bp, envelopes.bp]
