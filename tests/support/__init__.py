"""What tests stand on: databases, doors into the application, services, a browser. See tests/README.md."""
