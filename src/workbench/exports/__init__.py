"""The tables in forms that other programs open: data package, GeoParquet, GeoJSON, workbook, database."""
