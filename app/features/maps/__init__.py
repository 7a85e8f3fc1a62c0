"""The map room: every map of every page is built here, and this is the only room that knows folium.

Start at `spec.py` (what a page asks for), then `maps.py` (how it is built). A page that wants a map makes a `MapSpec` and
gives it to the macro in `templates/maps/map.html`; docs/maps.md shows how.
"""
