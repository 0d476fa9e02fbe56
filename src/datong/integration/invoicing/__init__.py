"""Providers of tax invoices: each fulfils the port of `invoices`."""
