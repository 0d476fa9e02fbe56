"""Cards of partner brands: deliveries with their margin, selling, giving back."""
