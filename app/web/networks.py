"""From which network a request comes, to make many of a kind slow. The address is hashed at once, and kept nowhere."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request


def network() -> str:
    """The address of whoever asks; of a new one (IPv6), the network of a household. A counter hashes it before it is kept."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return str(address)
