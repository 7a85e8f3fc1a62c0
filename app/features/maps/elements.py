"""Folium's map and our own elements on it, written so that our content security policy lets them through.

No element writes a style, an event attribute or another host's address. The words and shapes of a map stand in a data
block beside it; the script only says which parts the map has. What the parts do is in static/js/map/.
"""

from typing import Any

import folium
from branca.element import MacroElement
from folium.template import Template


class PlazaMap(folium.Map):
    """Folium's map with our files in place of the ones it would ask others for, and without its inline styles."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <div class="map map--{{ this.size }}" id="{{ this.get_name() }}" role="region" aria-label="{{ this.label|e }}">
            <p class="map__fallback">{{ this.fallback|e }}</p>
            </div>
            <script type="application/json" id="{{ this.get_name() }}_data">{{ this.data|tojson }}</script>
        {% endmacro %}

        {% macro script(this, kwargs) %}
            import * as plaza from {{ this.module|tojson }};
            const {{ this.get_name() }} = plaza.map({{ this.get_name()|tojson }}, {{ this.view|tojson }});
        {% endmacro %}
        """
    )
    default_js = [
        ("leaflet", "vendor/leaflet/leaflet.js"),
        ("markercluster", "vendor/leaflet.markercluster/leaflet.markercluster.js"),
    ]
    default_css = [
        ("leaflet", "vendor/leaflet/leaflet.css"),
        ("markercluster", "vendor/leaflet.markercluster/MarkerCluster.css"),
        ("map", "css/components/map.css"),
    ]

    modules = (
        "basemap.js",
        "basemap/data.js",
        "basemap/labels.js",
        "basemap/paint.js",
        "controls.js",
        "draw.js",
        "draw/crosshair.js",
        "draw/shape.js",
        "draw/sketch.js",
        "draw/toolbar.js",
        "features.js",
        "locate.js",
        "pins.js",
        "texts.js",
        "theme.js",
        "view.js",
    )
    """What js/map/index.js imports, so that a slow line fetches all at once and not one after the other (tested)."""

    def __init__(self, map_id: str, *, module: str, view: dict[str, Any], data: dict[str, Any], size: str = "normal") -> None:
        west, south, east, north = view["bounds"]
        super().__init__(location=[(south + north) / 2, (west + east) / 2], tiles=None)
        self._id = map_id
        self.module = module
        self.view = view
        self.data = data
        self.size = size
        self.label = data["texts"].get("map", "")
        self.fallback = data["texts"].get("noMap", "")


class Part(MacroElement):
    """Something on the map: one call of one function of static/js/map/index.js with plain options."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            plaza.{{ this.function }}({{ this._parent.get_name() }}, {{ this.options|tojson }});
        {% endmacro %}
        """
    )
    function = ""

    def __init__(self, **options: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = type(self).__name__
        self.options = {key: value for key, value in options.items() if value is not None}


class BaseMap(Part):
    """The shipped drawing: streets, water, parks and houses on canvas."""

    function = "basemap"


class Tiles(Part):
    """A city's own tile or WMS service."""

    function = "tiles"


class AreaOutline(Part):
    """The border of the area that a process is about."""

    function = "outline"


class RemoteFeatures(Part):
    """Markers, lines and areas from an address of ours, clustered, in step with the list beside the map."""

    function = "features"


class DrawPlace(Part):
    """Marking a pin, a line or an area with mouse, finger or keyboard, into a field of a form."""

    function = "draw"
