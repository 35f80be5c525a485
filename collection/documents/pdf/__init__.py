"""Printed papers: the sheet, its typeface, and the QR symbol. What is printed on them has modules of its own."""
