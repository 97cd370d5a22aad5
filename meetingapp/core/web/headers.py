"""Security headers, the same from the first page to the error pages."""

from __future__ import annotations

from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

OF_FILES = "default-src 'none'; frame-ancestors 'none'; sandbox"  # a file that a browser shows all the same does nothing in it


def security_headers(*, https: bool, is_file: bool = False) -> list[tuple[str, str]]:
    """What every answer carries. No inline script or style, no frames, nothing from elsewhere.

    :param is_file: whether the answer is a file to be downloaded, which somebody may have made to run
    """
    headers = [
        ("Content-Security-Policy", OF_FILES if is_file else POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ]
    if https:
        headers.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    return headers


def set_headers(app: Flask) -> None:
    """Put the headers on all answers of the office, and keep them out of every cache."""

    @app.after_request
    def add(response: Response) -> Response:
        is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
        for name, value in security_headers(https=bool(app.config["SESSION_COOKIE_SECURE"]), is_file=is_file):
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
