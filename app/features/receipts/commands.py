"""What somebody who runs the installation asks for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RotateKey:
    """Sign with a new key from now on. What the old one signed stays valid."""

    reason: str = ""


@dataclass(frozen=True)
class RevokeKey:
    """Trust a key no more, because somebody else may have it. `reason` is published."""

    kid: str
    reason: str
