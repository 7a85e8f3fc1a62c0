"""Pages that belong to no room: health, the style guide, and the error pages."""

from tests.samples.world import Visit, World

SAMPLES = {
    "accessibility": lambda world: "/accessibility",
    "automated": lambda world: "/my-data/automated",
    "api-docs.openapi_json": lambda world: "/api/v1/openapi.json",
    "healthz": lambda world: "/healthz",
    "readyz": lambda world: "/readyz",
    "styleguide": lambda world: "/styleguide",
    "scripts": lambda world: "/scripts/earlier/main.js",
    "stylesheet": lambda world: "/plaza.css",
}


def page_that_does_not_exist(world: World) -> Visit:
    """The page for a wrong address."""
    return Visit("/there-is-no-such-page", status=404)


EXTRAS = (page_that_does_not_exist,)
