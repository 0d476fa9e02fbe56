"""QR codes and other entries: made, printed, counted."""
