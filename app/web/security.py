"""Security headers: ours, forty lines, nothing from another host."""

import secrets

from flask import Flask, Response, g, request


def csp_nonce() -> str:
    """The nonce of this answer, for the few inline scripts and styles that must be."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _is_somebodys() -> bool:
    """Whether a page may show what is one person's: somebody has a session, or came by the secret link of a letter."""
    return bool(request.cookies.get("plaza")) or "token" in (request.view_args or {})


def init_app(app: Flask) -> None:
    """Add the headers to every answer. `CSP_HOSTS` (from the map's configuration) may add hosts for images and data."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def _headers(response: Response) -> Response:
        hosts = " ".join(app.config.get("CSP_HOSTS", ()))
        extra = f" {hosts}" if hosts else ""
        policy = (
            "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; "
            f"script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self' 'nonce-{csp_nonce()}'; "
            f"img-src 'self' data: blob:{extra}; connect-src 'self'{extra}; font-src 'self'"
        )
        headers = response.headers
        if response.mimetype == "text/html":
            headers.setdefault("Content-Security-Policy", policy)
            headers.setdefault("Cache-Control", "no-store" if _is_somebodys() else "no-cache")
        else:
            headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"
        if app.config["SESSION_COOKIE_SECURE"]:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
