"""Deliveries, couriers, stations and who delivers."""
