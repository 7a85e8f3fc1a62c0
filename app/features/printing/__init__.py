"""Printed forms: what stands where on a sheet of paper, as PDF for people and as a layout for the machine that reads it."""
