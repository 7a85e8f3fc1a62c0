"""Our own description of every address that programs use: /api/v1/openapi.json (OpenAPI 3.1). Rooms add their doors."""

from typing import Any

from flask import Blueprint as FlaskBlueprint
from flask import Flask, Response, jsonify
from flask_smorest import Api, Blueprint
from marshmallow import Schema, fields

from app.web.access import public

PREFIX = "/api/v1"
_KEY = "plaza described api"


class ErrorSchema(Schema):
    """A refusal: a code and a sentence (interfaces), or an object with status, message and the request's number (pages)."""

    error = fields.Raw(required=True, metadata={"description": "A code, or an object with `status` and `message`."})
    error_description = fields.String()
    fields_ = fields.Dict(data_key="fields", metadata={"description": "What is wrong, by the name of the field."})


class OurApi(Api):
    """The description of the API; errors are answered by `app.web.errors`, for the API as for all."""

    ERROR_SCHEMA = ErrorSchema

    def _register_error_handlers(self) -> None:
        pass


def init_app(app: Flask) -> None:
    """Open the address of the description, still without doors."""
    app.config.setdefault("API_TITLE", "Plaza")
    app.config.setdefault("API_VERSION", "v1")
    app.config.setdefault("OPENAPI_VERSION", "3.1.0")
    app.config.setdefault("OPENAPI_URL_PREFIX", PREFIX)
    app.config.setdefault("OPENAPI_JSON_PATH", "openapi.json")
    about = (
        "What residents propose to their city, to read without a key; and the interfaces of consent and of one's own data, "
        "for registered programs."
    )
    api = OurApi(app, spec_kwargs={"info": {"description": about, "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}}})

    @public
    def openapi_json() -> Response:
        """The description of the API."""
        return jsonify(api.spec.to_dict())

    app.view_functions["api-docs.openapi_json"] = openapi_json
    app.extensions[_KEY] = api


def add(app: Flask, door: Blueprint) -> None:
    """Open a door's addresses and put them into the description."""
    app.extensions[_KEY].register_blueprint(door)


def for_everybody(name: str, place: str, about: str) -> tuple[Blueprint, FlaskBlueprint]:
    """A door at `/api/v1/<place>` that gives out what is public: pages of other hosts may read it, and no cookie goes along.

    Returns the door, and the blueprint that opens it and puts it into the description: a room gives that one as its `bp`.
    """
    door = Blueprint(name, name, url_prefix=f"{PREFIX}/{place}", description=about)
    opening = FlaskBlueprint(f"{name}_description", name)

    @opening.record_once
    def _open(state: Any) -> None:
        add(state.app, door)

    @door.after_request
    def _readable_from_everywhere(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = "no-cache"
        return response

    return door, opening


def secure(app: Flask, name: str, scheme: dict[str, object]) -> None:
    """Describe one way of showing who asks, under the `name` that doors use for it (a security scheme of OpenAPI)."""
    app.extensions[_KEY].spec.components.security_scheme(name, scheme)
