"""Turn an OpenStreetMap extract into the files the demo city ships. Run once, by hand; nothing here runs in the product."""
