"""Exchange Workbench: records of international library exchange, with evidence and doubt."""

__version__ = "0.1.0"
