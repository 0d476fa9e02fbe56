"""The brand's own web shop (自营商城): pages for customers. No business rule here."""
