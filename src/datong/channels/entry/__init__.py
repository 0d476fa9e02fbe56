"""The door behind every QR code, pin and link (入口): one scan leads to the right page and is remembered."""
