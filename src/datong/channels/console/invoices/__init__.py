"""Screens of tax invoices."""
