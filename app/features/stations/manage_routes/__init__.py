"""The doors of this room: the desk, the lists, the counting, the second reading, outer envelopes."""

from app.features.stations.manage_routes import counting, desk, envelopes, overview, second, typing

blueprints = [overview.bp, desk.bp, counting.bp, typing.bp, second.bp, envelopes.bp]
